// ServerContext is what all TLS connections of one server have in common.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/config/settings.h"

namespace tls {

struct ServerSettings;
class TicketKeys;

// How one connection of a client is to be taken.
struct ServerWish {
    ServerWish();
    // TLS is demanded: takes the mandatory protocols and ciphers of main.cf.
    bool mandatory = false;
    // "NAME[ADDRESS]", for the lines of log level 2 and up.
    std::string peer;
};

// Keys with certificates in PEM for a server name in lower case, ".parent" for all below it; none:
// there is nothing for it.
using ChainsByName = std::function<std::optional<std::string>(std::string_view name)>;

class ServerContext {
  public:
    // Reads main.cf and all files it names: make it while they may be read. `tickets` may be null
    // (session tickets are good for this process alone then) and outlives it. Throws config::Error
    // that names parameter and file.
    explicit ServerContext(const config::Settings& settings, TicketKeys* tickets = nullptr,
                           ChainsByName by_name = nullptr);
    ~ServerContext();
    ServerContext(const ServerContext&) = delete;
    ServerContext& operator=(const ServerContext&) = delete;

    const ServerSettings& settings() const;
    int log_level() const;
    // Without one of its own it can take only clients that ask for a name of tls_server_sni_maps.
    bool has_certificate() const;

    struct Inside;  // of lib/tls alone
    const Inside& inside() const { return *inside_; }

  private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace tls
