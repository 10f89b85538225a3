// cidr: tables, whose patterns are blocks of addresses.
#include <cstring>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/network.h"
#include "lib/dict/rules.h"
#include "lib/dict/spec.h"
#include "lib/dict/table_lines.h"
#include "lib/dict/text_file.h"

namespace dict {
namespace {

// The key is an address as AddressRules has read it, once for all rules.
class NetworkMatcher : public Matcher {
  public:
    explicit NetworkMatcher(Network network) : network_(network) {}
    Match match(std::string_view key, Captures*) const override {
        NumericAddress address;
        std::memcpy(&address, key.data(), sizeof address);
        return network_.contains(address) ? Match::yes : Match::no;
    }

  private:
    Network network_;
};

// Rules for addresses: what is none matches nothing, not even where a pattern is negated.
class AddressRules : public Content {
  public:
    AddressRules(std::string name, std::vector<Rule> rules)
        : rules_(std::move(name), std::move(rules)) {}
    Answer get(std::string_view key, Key kind) override {
        std::optional<NumericAddress> address = NumericAddress::parse(key);
        if (!address)
            return Answer::none();
        std::string_view bytes(reinterpret_cast<const char*>(&*address), sizeof *address);
        return rules_.get(bytes, kind);
    }

  private:
    Rules rules_;
};

// The first word off the front of `text`, and the white space behind it.
std::string_view take_word(std::string_view& text) {
    size_t end = text.find_first_of(" \t\r\v\f");
    std::string_view word = text.substr(0, end);
    text = end == text.npos ? std::string_view() : base::trim(text.substr(end));
    return word;
}

bool negations(std::string_view& text) {
    bool negated = false;
    for (text = base::trim(text); text.starts_with('!'); text = base::trim(text.substr(1)))
        negated = !negated;
    return negated;
}

Rule parse_rule(std::string_view text, size_t& depth) {
    Rule rule;
    text = base::trim(text);
    std::string_view rest = text;
    std::string_view word = take_word(rest);
    if (base::equal_nocase(word, "endif")) {
        if (depth == 0)
            throw config::Error("ENDIF without IF");
        if (!rest.empty())
            throw config::Error("garbage after ENDIF");
        --depth;
        rule.kind = Rule::Kind::end_if;
        return rule;
    }
    bool is_if = base::equal_nocase(word, "if") || base::starts_nocase(word, "if!");
    if (is_if) {
        rule.kind = Rule::Kind::begin_if;
        text = text.substr(2);
    }
    rule.negated = negations(text);
    std::string_view pattern = is_if ? base::trim(text) : take_word(text);
    if (pattern.empty())
        throw config::Error("no address pattern");
    rule.matcher = std::make_unique<NetworkMatcher>(Network::parse(pattern));
    if (is_if) {
        ++depth;
        return rule;
    }
    if (text.empty())
        throw config::Error("no lookup result");
    rule.value.parts.push_back({std::string(text), 0});
    return rule;
}

std::unique_ptr<Content> parse(std::string_view text, const std::string& path) {
    const std::string name = "cidr map " + path;
    std::vector<Rule> rules;
    size_t depth = 0;
    TableLines lines(text, path);
    while (std::optional<TableLines::Line> line = lines.next()) {
        try {
            Rule rule = parse_rule(line->text, depth);
            rule.line = line->number;
            rules.push_back(std::move(rule));
        } catch (const config::Error& error) {
            base::log::warning(base::text(name, ", line ", line->number, ": ", error.what(),
                                          ": skipping this rule"));
        }
    }
    return std::make_unique<AddressRules>(name, std::move(rules));
}

}  // namespace

std::unique_ptr<Table> make_cidr(const Spec& spec) {
    return rule_table(spec, parse);
}

}  // namespace dict
