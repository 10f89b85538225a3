// Options is what main.cf says to the smtp client, read once at start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/config/settings.h"
#include "lib/io/socket_address.h"

namespace smtp {

using namespace std::chrono_literals;

struct Options {
    std::string helo_name = "localhost";
    uint16_t port = 25;                        // of a destination that names none (RFC 5321)
    std::optional<io::SocketAddress> bind_v4;  // local address of connections
    std::optional<io::SocketAddress> bind_v6;
    bool never_send_ehlo = false;
    std::vector<std::string> ignored_keywords;  // of EHLO replies
    bool skip_5xx_greeting = true;
    bool skip_quit_response = true;
    bool soft_bounce = false;

    bool keep_connections = true;
    base::Duration idle_limit = 2s;     // of a kept connection
    base::Duration reuse_limit = 300s;  // of a connection's whole life
    uint64_t reuse_count = 0;           // messages a connection; 0: any number

    base::Duration connect = 30s;
    base::Duration helo = 300s;  // greeting, EHLO, HELO
    base::Duration mail = 300s;
    base::Duration rcpt = 300s;
    base::Duration data_init = 120s;
    base::Duration data_xfer = 180s;  // each wait while content is sent
    base::Duration data_done = 600s;
    base::Duration rset = 20s;
    base::Duration quit = 300s;

    size_t line_limit = 998;  // longest line sent; 0: any

    // Throws config::Error where an address or port is none.
    static Options from(const config::Settings& settings);
};

}  // namespace smtp
