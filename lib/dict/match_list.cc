#include "lib/dict/match_list.h"

#include <algorithm>
#include <optional>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/logical_lines.h"
#include "lib/dict/braces.h"
#include "lib/dict/network.h"
#include "lib/dict/table_lines.h"

namespace dict {

struct MatchList::Element {
    std::string text;  // as written, without '!'
    bool excluded = false;
    Table* table = nullptr;          // "type:table"
    std::optional<Network> network;  // of addresses
};

namespace {

constexpr int deepest_file = 20;

bool is_table(std::string_view element) {
    return !element.starts_with('[') && element.find(':') != element.npos;
}

bool ends_with_nocase(std::string_view text, std::string_view end) {
    return text.size() > end.size() &&
           base::equal_nocase(text.substr(text.size() - end.size()), end);
}

}  // namespace

MatchList::MatchList() = default;
MatchList::MatchList(MatchList&&) noexcept = default;
MatchList& MatchList::operator=(MatchList&&) noexcept = default;
MatchList::~MatchList() = default;

bool MatchList::empty() const {
    return elements_.empty();
}

MatchList MatchList::of(Of kind, Tables& tables, const config::Settings& settings,
                        std::string_view parameter) {
    const std::vector<std::string> with_subdomains =
        split_braced(settings.value("parent_domain_matches_subdomains"));
    bool subdomains = std::ranges::find(with_subdomains, parameter) != with_subdomains.end();
    try {
        return parse(kind, tables, settings.value(parameter), subdomains);
    } catch (const config::Error& error) {
        std::vector<std::string> problems;
        for (const std::string& problem : error.problems())
            problems.push_back(
                base::text(settings.where(parameter), ": ", parameter, ": ", problem));
        throw config::Error(std::move(problems));
    }
}

MatchList MatchList::parse(Of kind, Tables& tables, std::string_view text, bool subdomains) {
    MatchList list;
    list.kind_ = kind;
    list.subdomains_ = subdomains;
    list.add(text, tables, 0, false);
    return list;
}

void MatchList::add(std::string_view text, Tables& tables, int depth, bool excluded) {
    std::vector<std::string> problems;
    for (std::string& element : split_braced(text)) {
        bool out = excluded;
        for (; element.starts_with('!'); element.erase(0, 1))
            out = !out;
        try {
            if (element.empty())
                throw config::Error("expected a pattern behind \"!\", found nothing");
            if (element.starts_with('/'))
                add_file(element, tables, depth + 1, out);
            else
                add_element(std::move(element), tables, out);
        } catch (const config::Error& error) {
            problems.insert(problems.end(), error.problems().begin(), error.problems().end());
        }
    }
    if (!problems.empty())
        throw config::Error(std::move(problems));
}

void MatchList::add_file(const std::string& path, Tables& tables, int depth, bool excluded) {
    if (depth > deepest_file)
        throw config::Error(base::text(path, ": files of patterns name each other endlessly"));
    std::string text;
    try {
        text = config::read_file(path);
    } catch (const base::SystemError& error) {
        throw config::Error(error.what());
    }
    TableLines lines(text, path);
    while (std::optional<TableLines::Line> line = lines.next()) {
        try {
            add(line->text, tables, depth, excluded);
        } catch (const config::Error& error) {
            throw config::Error(base::text(where(path, line->number), ": ", error.what()));
        }
    }
}

void MatchList::add_element(std::string text, Tables& tables, bool excluded) {
    Element element;
    element.excluded = excluded;
    if (is_table(text)) {
        element.table = &tables.open(text);
    } else if (kind_ == Of::addresses) {
        element.network = Network::parse(text);
    } else if (kind_ == Of::clients) {
        try {
            element.network = Network::parse(text);
        } catch (const config::Error&) {
            // It is a name then, if it does not look like a network.
            if (text.starts_with('[') || text.find('/') != text.npos)
                throw;
        }
    }
    element.text = std::move(text);
    elements_.push_back(std::move(element));
}

bool MatchList::matches_name(std::string_view pattern, std::string_view key) const {
    if (base::equal_nocase(pattern, key))
        return true;
    if (kind_ == Of::strings)
        return false;
    if (subdomains_)
        return ends_with_nocase(key, pattern) && key[key.size() - pattern.size() - 1] == '.';
    return pattern.starts_with('.') && ends_with_nocase(key, pattern);
}

// A table of domains is asked for parent domains too.
io::Task<Lookup> MatchList::ask(Table& table, std::string_view key) const {
    Lookup lookup = co_await table.find(key, Key::whole);
    bool is_domain = kind_ == Of::domains || (kind_ == Of::clients && !NumericAddress::parse(key));
    if (!is_domain || !lookup.none())
        co_return lookup;
    std::string_view rest = key;
    for (size_t dot; (dot = rest.find('.', 1)) != rest.npos;) {
        rest = rest.substr(subdomains_ ? dot + 1 : dot);
        Lookup parent = co_await table.find(rest, Key::part);
        if (!parent.none())
            co_return parent;
    }
    co_return lookup;
}

io::Task<MatchList::Answer> MatchList::match(std::string_view key) const {
    std::optional<NumericAddress> address;
    if (kind_ == Of::addresses || kind_ == Of::clients)
        address = NumericAddress::parse(key);
    for (const Element& element : elements_) {
        bool hit = false;
        if (element.table != nullptr) {
            Lookup lookup = co_await ask(*element.table, key);
            if (lookup.retry())
                co_return Answer{Match::retry, std::move(lookup.value)};
            hit = lookup.found();
        } else if (element.network) {
            hit = address && element.network->contains(*address);
        } else {
            hit = matches_name(element.text, key);
        }
        if (hit && element.excluded)
            co_return Answer{Match::no, element.text};
        if (hit)
            co_return Answer{Match::yes, element.text};
    }
    co_return Answer{};
}

}  // namespace dict
