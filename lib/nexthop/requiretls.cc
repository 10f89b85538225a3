#include "lib/nexthop/requiretls.h"

#include <algorithm>
#include <array>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/braces.h"
#include "lib/io/socket_address.h"

namespace nexthop {
namespace {

constexpr std::array<std::string_view, 4> words = {"disable", "opportunistic",
                                                   "opportunistic+starttls", "enforce"};
constexpr std::string_view expected =
    "expected enforce, opportunistic+starttls, opportunistic or disable";

// Who asks over a socket is not to be asked for parents; nor are patterns, which see to it
// themselves.
bool has_fixed_keys(std::string_view table) {
    constexpr std::string_view proxy = "proxy:";
    if (table.starts_with(proxy))
        table.remove_prefix(proxy.size());
    return !table.starts_with("socketmap:") && !table.starts_with("tcp:");
}

std::vector<std::string> parents_of(const std::string& domain) {
    std::vector<std::string> parents;
    if (io::SocketAddress::inet(domain, 0))
        return parents;
    for (size_t dot = domain.find('.', 1); dot != domain.npos; dot = domain.find('.', dot + 1))
        parents.push_back(domain.substr(dot));
    return parents;
}

// The elements of the list, of which each is an action or a table.
std::vector<std::string> elements_of(const config::OwnSettings& own) {
    std::vector<std::string> elements = dict::split_braced(own.text("_requiretls_policy"));
    for (const std::string& element : elements)
        if (!parse_requiretls(element) && element.find(':') == element.npos)
            throw config::Error(base::text(own.where("_requiretls_policy"), ": ",
                                           own.name("_requiretls_policy"), ": ", expected,
                                           ", or a table as type:name, instead of \"",
                                           base::printable(element), '"'));
    return elements;
}

}  // namespace

std::optional<RequireTls> parse_requiretls(std::string_view word) {
    auto found =
        std::ranges::find_if(words, [&](auto each) { return base::equal_nocase(word, each); });
    if (found == words.end())
        return std::nullopt;
    return static_cast<RequireTls>(found - words.begin());
}

std::string_view name_of(RequireTls action) {
    return words.at(static_cast<size_t>(action));
}

bool proves_server(const TlsPolicy& policy, const Visit& visit) {
    if (asks_for_tlsa(policy.level))
        return !policy.tlsa.empty() && policy.proves_nexthop;
    if (policy.level == TlsLevel::fingerprint)
        return true;
    if (policy.level != TlsLevel::verify && policy.level != TlsLevel::secure)
        return false;
    bool forgeable = visit.host_from_dns && !visit.provenance.domain_secure;
    bool by_host = std::ranges::find(policy.match, "hostname") != policy.match.end();
    // The hosts of an MTA-STS policy are those that its domain vouches for.
    return !forgeable || !by_host || !policy.mx_patterns.empty();
}

RequireTlsPolicies RequireTlsPolicies::of(const config::OwnSettings& own, dict::Tables& tables) {
    RequireTlsPolicies policies;
    policies.parameter_ = own.name("_requiretls_policy");
    policies.myhostname_ = own.all().text("myhostname");
    std::vector<std::string> problems;
    for (const std::string& element : elements_of(own)) {
        Item item;
        item.action = parse_requiretls(element);
        item.has_parents = has_fixed_keys(element);
        try {
            if (!item.action)
                item.table = &tables.open(element);
        } catch (const config::Error& error) {
            problems.push_back(base::text(own.where("_requiretls_policy"), ": ",
                                          policies.parameter_, ": ", error.what()));
        }
        policies.items_.push_back(item);
    }
    if (!problems.empty())
        throw config::Error(std::move(problems));
    if (!own.all().flag("requiretls_enable"))
        policies.items_ = {{RequireTls::disable}};
    return policies;
}

bool RequireTlsPolicies::none() const {
    return !items_.empty() && items_.front().action == RequireTls::disable;
}

FoundRequireTls RequireTlsPolicies::judged(const dict::Lookup& lookup, std::string_view table,
                                           std::string_view key) const {
    FoundRequireTls found;
    if (lookup.retry()) {
        found.trouble = base::text(parameter_, ": ", lookup.value);
        found.dsn = {4, 3, 0};
        found.reason = "temporary lookup error";
    } else if (std::optional<RequireTls> action = parse_requiretls(base::trim(lookup.value))) {
        found.action = *action;
    } else {
        found.trouble = base::text(parameter_, ", ", requiretls_problem(table, key, lookup.value));
    }
    if (!found.trouble.empty())
        base::log::warning(found.trouble);
    return found;
}

io::Task<FoundRequireTls> RequireTlsPolicies::find(const Visit& visit) const {
    std::vector<std::string> keys = {base::lower(visit.port == 0 ? myhostname_ : visit.domain)};
    for (std::string& parent : parents_of(keys.front()))
        keys.push_back(std::move(parent));
    for (const Item& item : items_) {
        FoundRequireTls found;
        if (item.action) {
            found.action = *item.action;
            co_return found;
        }
        size_t asked = item.has_parents ? keys.size() : 1;
        for (size_t i = 0; i < asked; ++i) {
            dict::Key kind = i == 0 ? dict::Key::whole : dict::Key::part;
            dict::Lookup lookup = co_await item.table->find(keys[i], kind);
            if (!lookup.none())
                co_return judged(lookup, item.table->name(), keys[i]);
        }
    }
    co_return FoundRequireTls();
}

std::vector<std::string> requiretls_tables(const config::OwnSettings& own) {
    std::vector<std::string> tables = elements_of(own);
    std::erase_if(tables, [](const std::string& each) { return parse_requiretls(each); });
    return tables;
}

std::string requiretls_problem(std::string_view table, std::string_view key,
                               std::string_view value) {
    if (parse_requiretls(base::trim(value)))
        return {};
    return base::text("table ", table, ": key ", base::printable(key), ": ", expected,
                      " instead of \"", base::printable(value), '"');
}

}  // namespace nexthop
