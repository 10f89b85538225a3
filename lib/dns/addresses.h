// The addresses of one name, of all the families in use, asked for together.
#pragma once

#include <string>

#include "lib/config/settings.h"
#include "lib/dns/resolver.h"

namespace dns {

struct Families {
    bool ipv4 = true;
    bool ipv6 = true;

    // inet_protocols; throws config::Error for what is no family. Where the machine has no IPv6,
    // "all" is IPv4 alone.
    static Families from(const config::Settings& settings);
    bool have(const std::string& ip) const;
};

// A and AAAA records (in this order) of `name`, as one answer: found when there is one, else the
// one that leaves most hope.
io::Task<Answer> ask_addresses(Resolver& resolver, std::string name, Families families);

// What a numeric address stands for, and what a host's own records would look like.
Record address_record(const std::string& owner, const std::string& ip);

}  // namespace dns
