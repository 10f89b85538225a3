#include "lib/config/check_routing.h"

#include <algorithm>
#include <set>

#include "lib/base/text.h"
#include "lib/config/services.h"

namespace config {
namespace {

// Which setting names a transport, and which one the domains that need it; "" for all others.
struct ClassRow {
    const char* transport;
    const char* domains;
};
constexpr ClassRow classes[] = {{"local_transport", "mydestination"},
                                {"virtual_transport", "virtual_mailbox_domains"},
                                {"relay_transport", "relay_domains"},
                                {"default_transport", ""}};

// What is wrong with a transport; "" for nothing.
std::string fault(const std::string& transport, const std::vector<ServiceEntry>& services) {
    auto is_it = [&transport](const ServiceEntry& entry) {
        return entry.type != ServiceType::inet && entry.name == transport;
    };
    auto found = std::find_if(services.begin(), services.end(), is_it);
    if (found == services.end())
        return base::text("master.cf has no service \"", base::printable(transport), '"');
    if (classify_command(found->command).built == Built::not_yet)
        return base::text("delivery by ", found->command, " is not built yet");
    return {};
}

// Two classes that a domain may be in, in the order in which they are asked.
struct Overlap {
    const char* first;
    const char* second;
};
constexpr Overlap overlaps[] = {{"mydestination", "virtual_alias_domains"},
                                {"mydestination", "virtual_mailbox_domains"},
                                {"virtual_alias_domains", "virtual_mailbox_domains"},
                                {"virtual_alias_domains", "relay_domains"},
                                {"virtual_mailbox_domains", "relay_domains"}};

// The domains that are written in the list itself, in lower case.
std::set<std::string> plain_domains(const Settings& settings, const char* name) {
    std::set<std::string> domains;
    for (const std::string& element : settings.list(name))
        if (element.find_first_of(":/!{}[]") == element.npos)
            domains.insert(base::lower(element));
    return domains;
}

void add_overlaps(const Settings& settings, std::vector<Problem>& problems) {
    for (const Overlap& overlap : overlaps) {
        std::set<std::string> first = plain_domains(settings, overlap.first);
        for (const std::string& domain : plain_domains(settings, overlap.second))
            if (first.contains(domain))
                problems.push_back(
                    {false, base::text(settings.where(overlap.second), ": do not list domain ",
                                       base::printable(domain), " in BOTH ", overlap.first, " and ",
                                       overlap.second)});
    }
}

}  // namespace

std::vector<Problem> check_routing(const Settings& settings,
                                   const std::vector<ServiceEntry>& services) {
    std::vector<Problem> problems;
    add_overlaps(settings, problems);
    for (const ClassRow& row : classes) {
        if (services.empty())
            break;  // of which there is a problem already
        if (*row.domains && settings.list(row.domains).empty())
            continue;
        std::string value = settings.text(row.transport);
        std::string why = fault(value.substr(0, value.find(':')), services);
        if (why.empty())
            continue;
        std::string whose = *row.domains ? base::text("$", row.domains) : "other domains";
        problems.push_back(
            {false, base::text(settings.where(row.transport), ": ", row.transport, ": ", why,
                               "; mail for ", whose, " waits in the queue")});
    }
    return problems;
}

}  // namespace config
