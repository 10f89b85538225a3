// Resolver answers questions about domain names. NameServers (name_servers.h) is the real one.
#pragma once

#include <string>

#include "lib/dns/record.h"
#include "lib/io/task.h"

namespace dns {

class Resolver {
  public:
    virtual ~Resolver() = default;

    // Asks for records of `type` at `name`, which is a domain as mail has it: no dot at the end is
    // needed, no search list is applied. A name that can be none gives State::none without a
    // question. Throws nothing but io::Cancelled.
    virtual io::Task<Answer> ask(std::string name, Type type) = 0;
};

// The name under which PTR records for a numeric address stand: "1.2.0.192.in-addr.arpa"; "" for
// what is no numeric address.
std::string reverse_name(const std::string& address);

}  // namespace dns
