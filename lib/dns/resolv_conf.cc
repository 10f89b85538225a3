#include "lib/dns/resolv_conf.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/dns/domain.h"

namespace dns {

namespace {

// What the system's resolver heeds (resolv.h, resolv.conf(5)).
constexpr size_t most_servers = 3;
constexpr size_t most_searched = 32;
constexpr unsigned most_ndots = 15;
constexpr unsigned most_seconds = 30;
constexpr unsigned most_attempts = 5;

void take_option(std::string_view option, ResolvConf& conf) {
    size_t colon = option.find(':');
    std::string_view name = option.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::nullopt
                                                 : base::number<unsigned>(option.substr(colon + 1));
    if (name == "rotate")
        conf.rotate = true;
    if (name == "use-vc" || name == "usevc")
        conf.use_vc = true;
    if (!value)
        return;
    if (name == "ndots")
        conf.ndots = std::min(*value, most_ndots);
    if (name == "timeout")
        conf.timeout = std::chrono::seconds(std::clamp(*value, 1u, most_seconds));
    if (name == "attempts")
        conf.attempts = std::clamp(*value, 1u, most_attempts);
}

void take_search(const std::vector<std::string_view>& words, ResolvConf& conf) {
    conf.search.clear();
    for (size_t i = 1; i < words.size() && i <= most_searched; ++i) {
        std::string domain = canonical(words[i]);
        if (is_domain(domain))
            conf.search.push_back(std::move(domain));
    }
}

void take_line(std::string_view line, ResolvConf& conf) {
    // Comments are lines of their own only: '#' is part of nothing else that is valid here.
    line = line.substr(0, line.find_first_of("#;"));
    auto words = base::split(line, " \t\r");
    if (words.size() < 2)
        return;
    if (words[0] == "nameserver" && conf.servers.size() < most_servers) {
        auto server = io::SocketAddress::inet(words[1], dns_port);
        if (server)
            conf.servers.push_back(*server);
    }
    if (words[0] == "search" || words[0] == "domain")
        take_search(words, conf);
    if (words[0] == "options")
        for (size_t i = 1; i < words.size(); ++i)
            take_option(words[i], conf);
}

}  // namespace

ResolvConf ResolvConf::parse(std::string_view text, std::string_view host) {
    ResolvConf conf;
    size_t dot = host.find('.');
    if (dot != std::string_view::npos && is_domain(host.substr(dot + 1)))
        conf.search.push_back(canonical(host.substr(dot + 1)));
    for (std::string_view line : base::split(text, "\n"))
        take_line(line, conf);
    if (conf.servers.empty())
        conf.servers.push_back(*io::SocketAddress::inet("127.0.0.1", dns_port));
    return conf;
}

std::vector<std::string> ResolvConf::candidates(std::string_view name, SearchRules rules) const {
    std::string plain = canonical(name);
    if (name.ends_with('.'))
        return {plain};
    auto dots = static_cast<unsigned>(std::count(plain.begin(), plain.end(), '.'));
    std::vector<std::string> names;
    for (const std::string& domain : search)
        if (rules.all_names || (rules.short_names && dots == 0 && names.empty()))
            names.push_back(base::text(plain, '.', domain));
    names.insert(dots >= ndots ? names.begin() : names.end(), plain);
    return names;
}

}  // namespace dns
