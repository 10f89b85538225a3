// ResolvConf is what /etc/resolv.conf says, as resolv.conf(5) has it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/io/socket_address.h"

namespace dns {

inline constexpr uint16_t dns_port = 53;

// Which names are looked for below the domains that are searched.
struct SearchRules {
    bool short_names = false;  // those without a dot (RES_DEFNAMES)
    bool all_names = false;    // those with dots too, and below all domains (RES_DNSRCH)
    bool any() const { return short_names || all_names; }
};
inline constexpr SearchRules usual_search{true, true};

struct ResolvConf {
    std::vector<io::SocketAddress> servers;  // 127.0.0.1 where none is named
    std::vector<std::string> search;         // domains behind which a short name may stand
    unsigned ndots = 1;                      // with so many dots a name is tried as it is first
    base::Duration timeout = std::chrono::seconds(5);
    unsigned attempts = 2;
    bool rotate = false;  // each question begins with the next server
    bool use_vc = false;  // by TCP from the first

    // What cannot be read is passed over, as the system's resolver does. `host` is the name of
    // this machine: the domain behind its first dot is searched when nothing else is named.
    static ResolvConf parse(std::string_view text, std::string_view host = "");
    // The names to ask for `name` in turn. A dot at its end means that it is complete.
    std::vector<std::string> candidates(std::string_view name,
                                        SearchRules rules = usual_search) const;
};

}  // namespace dns
