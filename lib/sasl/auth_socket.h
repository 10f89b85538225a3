// AuthSocket is where an auth service listens: a socket of this machine, or a host and its port.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/io/socket_address.h"
#include "lib/io/wire.h"
#include "lib/sasl/blocking_jobs.h"

namespace sasl {

class AuthSocket {
  public:
    // What a path says, without asking anybody: no addresses where the host has a name.
    struct Place {
        std::vector<io::SocketAddress> addresses;
        std::string host, port;
    };
    // Throws config::Error where it is nothing of the kind.
    static Place place_of(std::string_view path);

    // The addresses of a host, or why there are none.
    struct Found {
        std::vector<io::SocketAddress> addresses;
        std::string why;
    };
    // Blocks; it is asked on a thread of its own from the second time on.
    using LookUp = std::function<Found(const std::string& host, const std::string& port)>;

    // `path` is a path, "unix:path" or "inet:host:port". Throws config::Error as place_of() does; a
    // host whose name is not found now may be found later.
    explicit AuthSocket(const std::string& path, LookUp look_up = system_look_up);

    // Serves connect(); ends when its scope is cancelled.
    io::Task<void> run();
    // A connection, or why there is none. The name of a host is looked up anew each time; what was
    // found the last time does while that fails, or takes longer than `limit`.
    struct Outcome {
        Outcome(std::unique_ptr<io::Wire> connection, std::string trouble)
            : wire(std::move(connection)), why(std::move(trouble)) {}
        std::unique_ptr<io::Wire> wire;
        std::string why;
    };
    io::Task<Outcome> connect(base::Duration limit);

  private:
    static Found system_look_up(const std::string& host, const std::string& port);
    io::Task<void> look_up(base::Duration limit);

    LookUp look_up_;
    Place place_;
    std::string not_found_;             // why there are no addresses
    std::optional<BlockingJobs> jobs_;  // where a name is looked up
};

}  // namespace sasl
