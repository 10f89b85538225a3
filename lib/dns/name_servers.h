// NameServers asks DNS servers over sockets of its own that block nobody, and remembers answers for
// as long as their time to live.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/config/settings.h"
#include "lib/dns/message.h"
#include "lib/dns/resolver.h"
#include "lib/io/socket_address.h"

namespace dns {

struct Options {
    std::vector<io::SocketAddress> servers;                  // in order of preference
    base::Duration attempt_limit = std::chrono::seconds(5);  // of one question to one server
    unsigned attempts = 2;                                   // rounds over all servers
    size_t cache_entries = 10000;                            // dns_cache_limit
    bool rotate = false;                                     // servers take turns to be asked first
    bool tcp = false;                                        // never by UDP
    bool dnssec = false;  // asks servers to validate and to say so (the DO bit)
    // What shows whether servers validate at all, when no answer was authentic yet; none: nothing.
    std::optional<Question> dnssec_probe;
    std::string resolv_conf;  // unless empty: this file says all but cache and DNSSEC, now and
                              // whenever it changes

    // resolver_nameservers, else /etc/resolv.conf. Throws config::Error for what is no address.
    static Options from(const config::Settings& settings);
};

class NameServers : public Resolver {
  public:
    explicit NameServers(Options options);
    ~NameServers() override;
    NameServers(const NameServers&) = delete;
    NameServers& operator=(const NameServers&) = delete;

    // The same question under way for another is waited for, not asked twice.
    io::Task<Answer> ask(std::string name, Type type) override;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace dns
