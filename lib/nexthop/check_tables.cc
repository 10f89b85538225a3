#include "lib/nexthop/check_tables.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/transports.h"
#include "lib/dict/braces.h"
#include "lib/dict/source.h"
#include "lib/nexthop/failover_policies.h"

namespace nexthop {
namespace {

constexpr const char* tables_of_relays[] = {
    "transport_maps", "sender_dependent_default_transport_maps", "sender_dependent_relayhost_maps"};
// Those that postmap makes of a text of the same name.
constexpr std::string_view made_of_text[] = {"hash", "btree", "dbm", "cdb", "lmdb", "texthash"};

// The source of "hash:/etc/postfix/transport"; "" for a table without one.
std::string source_of(std::string_view table, std::string_view default_type) {
    size_t colon = table.find(':');
    std::string_view type = colon == table.npos ? default_type : table.substr(0, colon);
    bool has_source = std::ranges::find(made_of_text, type) != std::end(made_of_text);
    return has_source ? std::string(table.substr(colon == table.npos ? 0 : colon + 1))
                      : std::string();
}

void look_at_source(std::vector<config::Problem>& problems, const std::string& path,
                    const dict::Destinations& destinations) {
    std::ifstream file(path);
    if (!file)
        return;  // the table may be there without it
    std::string text{std::istreambuf_iterator<char>(file), {}};
    dict::Source source = dict::Source::read(text, path, {});
    source.resolve(
        dict::Repeated::warn, &destinations, path,
        [&](const dict::Source::Entry& entry) {
            problems.push_back(
                {false,
                 base::text(path, ", line ", entry.line, ": key ", base::printable(entry.key),
                            " is there already, with what makes no list with \"",
                            base::printable(entry.value),
                            "\", which has no effect; expected one line a key, "
                            "as in \"smtp:[a], [b]\"")});
        },
        [](std::string_view) {});  // said by whoever makes a table of it
}

}  // namespace

std::vector<config::Problem> check_repeated_keys(const config::Settings& settings) {
    std::vector<config::Problem> problems;
    dict::Destinations destinations = dict::Destinations::of(settings);
    std::string default_type = settings.value("default_database_type");
    std::set<std::string> seen;
    for (const char* parameter : tables_of_relays)
        for (const std::string& table : dict::split_braced(settings.text(parameter))) {
            std::string path = source_of(table, default_type);
            if (!path.empty() && seen.insert(path).second)
                look_at_source(problems, path, destinations);
        }
    return problems;
}

std::vector<config::Problem> check_failover_policies(const config::Settings& settings,
                                                     dict::Tables& tables) {
    std::vector<config::Problem> problems;
    std::set<std::string> seen;
    std::vector<std::string> names = {"failover_policy_maps"};
    for (const std::string& transport : config::Transports::of(settings).speaking_smtp())
        names.push_back(transport + "_failover_policy_maps");
    for (const std::string& name : names)
        for (const std::string& table : dict::split_braced(settings.value(name))) {
            if (!seen.insert(table).second)
                continue;
            try {
                tables.open(table).each([&](std::string_view key, std::string_view value) {
                    for (const std::string& problem : policy_problems(table, key, value))
                        problems.push_back(
                            {false, base::text(settings.where(name), ": ", name, ": ", problem)});
                });
            } catch (const config::Error&) {
                continue;  // said where tables are opened
            } catch (const base::SystemError&) {
                continue;
            }
        }
    return problems;
}

}  // namespace nexthop
