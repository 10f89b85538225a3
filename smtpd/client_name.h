// ClientNames finds out what a client is called, as far as that can be believed.
#pragma once

#include <string>

#include "lib/base/time.h"
#include "lib/config/settings.h"
#include "lib/dns/addresses.h"
#include "lib/dns/hosts.h"
#include "lib/dns/name_servers.h"
#include "lib/dns/native.h"
#include "lib/dns/search_list.h"
#include "lib/io/task.h"
#include "smtpd/policy.h"

namespace smtpd {

// The name of a client's address (hosts file, PTR) counts when the name in turn has that address
// (hosts file, A or AAAA); otherwise it is only its reverse_name.
class ClientNames {
  public:
    struct Options {
        bool look_up = true;                              // smtpd_peername_lookup
        bool show_port = false;                           // smtpd_client_port_logging
        base::Duration limit = std::chrono::seconds(60);  // for all of it; then: temporary trouble
        static Options from(const config::Settings& settings);
    };
    // `lookup` is used for as long as this is.
    ClientNames(dns::NativeLookup& lookup, Options options) : lookup_(lookup), options_(options) {}

    // Fills in what the log and restrictions need of the client's name. Throws only io::Cancelled.
    io::Task<void> complete(Client& client);

  private:
    io::Task<void> look_up(Client& client);
    io::Task<void> confirm(Client& client);

    dns::NativeLookup& lookup_;
    Options options_;
};

// The real sources of names, wired together.
class NameSources {
  public:
    explicit NameSources(const config::Settings& settings)
        : servers_(dns::Options::from(settings)) {}
    dns::Resolver& resolver() { return servers_; }
    dns::NativeLookup& native() { return native_; }

  private:
    dns::NameServers servers_;
    dns::HostsFile hosts_;
    dns::SearchList search_;
    dns::NativeLookup native_{servers_, hosts_, search_};
};

}  // namespace smtpd
