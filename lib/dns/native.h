// NativeLookup finds hosts as the machine's own resolver does: the hosts file, then DNS by the
// search rules of resolv.conf, without making anybody wait.
#pragma once

#include <string>

#include "lib/dns/addresses.h"
#include "lib/dns/hosts.h"
#include "lib/dns/resolver.h"
#include "lib/dns/search_list.h"

namespace dns {

class NativeLookup {
  public:
    // All of them are used for as long as this is.
    NativeLookup(Resolver& resolver, HostsFile& hosts, SearchList& search)
        : resolver_(resolver), hosts_(hosts), search_(search) {}

    // The reason of an answer that is not found is getaddrinfo's text: "Name or service not known".
    io::Task<Answer> addresses(std::string host, Families families);
    // The name of a numeric address, in a PTR record.
    io::Task<Answer> name(std::string address);

  private:
    Answer in_hosts_file(const std::string& host, Families families);
    io::Task<Answer> in_dns(std::string host, Families families);

    Resolver& resolver_;
    HostsFile& hosts_;
    SearchList& search_;
};

}  // namespace dns
