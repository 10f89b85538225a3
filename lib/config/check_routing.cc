#include "lib/config/check_routing.h"

#include <arpa/inet.h>

#include <algorithm>
#include <set>

#include "lib/base/text.h"
#include "lib/config/services.h"

namespace config {
namespace {

constexpr std::string_view letters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

bool is_host(std::string_view text) {
    if (text.empty() || text.size() > 255 || text.starts_with('.') || text.ends_with('.') ||
        text.find("..") != text.npos)
        return false;
    std::string allowed = base::text(letters, '.');
    return std::all_of(text.begin(), text.end(), [&allowed](char c) {
        return static_cast<unsigned char>(c) >= 0x80 || allowed.find(c) != allowed.npos;
    });
}

bool is_ipv6(std::string text) {
    unsigned char bytes[16];
    return ::inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

bool is_bracketed(std::string_view inside) {
    if (base::starts_nocase(inside, "ipv6:"))
        return is_ipv6(std::string(inside.substr(5)));
    return is_host(inside) || is_ipv6(std::string(inside));
}

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

bool is_destination(std::string_view text, const ServicePorts& ports) {
    // An empty port is the one of destinations that name none.
    auto is_service = [&ports](std::string_view name) { return name.empty() || ports.find(name); };
    if (text.starts_with('[')) {
        size_t close = text.find(']');
        if (close == text.npos || !is_bracketed(text.substr(1, close - 1)))
            return false;
        std::string_view rest = text.substr(close + 1);
        return rest.empty() || (rest.starts_with(':') && is_service(rest.substr(1)));
    }
    size_t colon = text.find(':');
    return is_host(text.substr(0, colon)) &&
           (colon == text.npos || is_service(text.substr(colon + 1)));
}

static std::vector<Problem> check_relays(const Settings& settings, const ServicePorts& ports) {
    std::vector<Problem> problems;
    for (const char* name : {"relayhost", "smtp_fallback_relay"})
        for (const std::string& relay : settings.list(name))
            if (!is_destination(relay, ports))
                problems.push_back(
                    {false,
                     base::text(settings.where(name), ": ", name,
                                ": expected host, [host], host:port or [address]:port "
                                "with a known port, found \"",
                                base::printable(relay), "\"; mail for it waits in the queue")});
    return problems;
}

std::vector<Problem> check_routing(const Settings& settings,
                                   const std::vector<ServiceEntry>& services,
                                   const ServicePorts& ports) {
    std::vector<Problem> problems = check_relays(settings, ports);
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
