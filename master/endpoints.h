// Where the services of master.cf listen.
#pragma once

#include <string>
#include <vector>

#include "lib/config/master_cf.h"
#include "lib/config/settings.h"
#include "lib/io/socket_address.h"

namespace master {

struct Endpoint {
    enum class Kind : uint8_t { inet, unix_stream, unix_datagram };
    Kind kind = Kind::unix_stream;
    io::SocketAddress address;  // inet
    std::string path;           // unix: below queue_directory
    bool optional = false;      // inet: left out where the machine has no such address family
    std::string text() const;   // "127.0.0.1:25", "[::]:25", "private/smtp"
};

// All sockets of one service. A host that is a name is looked up. Throws config::Error.
std::vector<Endpoint> endpoints_of(const config::ServiceEntry& entry,
                                   const config::Settings& settings);

}  // namespace master
