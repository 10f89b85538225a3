// HostLookup gives the addresses of a host that mail goes to, by the methods of smtp_host_lookup.
#pragma once

#include <string>
#include <string_view>

#include "lib/config/settings.h"
#include "lib/dns/addresses.h"
#include "lib/dns/native.h"
#include "lib/dns/resolver.h"

namespace dns {

class HostLookup {
  public:
    struct Options {
        Families families;
        bool dns = true;      // A and AAAA records
        bool native = false;  // behind them: hosts file, then the search rules of resolv.conf

        // inet_protocols, and the list named `host_lookup` ("smtp_host_lookup",
        // "lmtp_host_lookup"). Throws config::Error for another word than dns or native.
        static Options from(const config::Settings& settings, std::string_view host_lookup);
    };
    // All are used for as long as this is.
    HostLookup(Resolver& resolver, HostsFile& hosts, SearchList& search, Options options)
        : resolver_(resolver), native_(resolver, hosts, search), options_(options) {}

    // Address records of A and AAAA, in the order they were found in. A numeric address stands for
    // itself. Of DNS only "none" makes way for the native method,
    // whose answers are never authentic; nor is a number.
    io::Task<Answer> addresses(std::string host);
    const Options& options() const { return options_; }

  private:
    Resolver& resolver_;
    NativeLookup native_;
    Options options_;
};

}  // namespace dns
