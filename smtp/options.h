// Options is what main.cf says to the smtp or lmtp client, read once at start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/config/settings.h"
#include "lib/dict/maps.h"
#include "lib/io/socket_address.h"
#include "lib/nexthop/failover_policies.h"
#include "lib/nexthop/name_service.h"
#include "lib/nexthop/options.h"
#include "lib/tls/client_context.h"
#include "lib/tls/shared_sessions.h"
#include "smtp/approach.h"
#include "smtp/failover_settings.h"
#include "smtp/login_rules.h"
#include "smtp/outgoing.h"
#include "smtp/reply_filter.h"

namespace smtp {

using namespace std::chrono_literals;

struct Options {
    bool lmtp = false;
    std::string myhostname = "localhost";
    std::string helo_name = "localhost";
    std::string service = "smtp";  // of master.cf
    nexthop::Options nexthop;
    Failover failover = std::make_shared<FailoverSettings>();
    // Which next hops have settings of their own; null: none. Shared, because copies of these
    // options ask the same tables.
    std::shared_ptr<nexthop::FailoverPolicies> policies;
    std::shared_ptr<ReplyFilter> reply_filter;          // null for none
    std::shared_ptr<tls::SharedSessions> tls_sessions;  // null: none are kept
    std::shared_ptr<tls::ClientContext> tls;            // null: no TLS; shared as the tables are
    bool wants_chain = false;  // the certificates of servers are to be shown
    bool note_starttls_offer = false;
    bool block_early_reply = false;
    bool log_tls_status = true;
    std::shared_ptr<Approaches> approaches;  // null: no place is under TLS or wants a login

    LoginRules login;
    bool dummy_mail_auth = false;  // says AUTH=<> in MAIL behind a login

    std::optional<io::SocketAddress> bind_v4;  // local address of connections
    std::optional<io::SocketAddress> bind_v6;
    bool bind_enforce = false;  // no connection without that address
    bool always_send_ehlo = true;
    bool never_send_ehlo = false;
    std::vector<std::string> ignored_keywords;  // of EHLO replies
    dict::Maps ignored_by_address;              // keywords of one server, in place of these
    bool skip_5xx_greeting = true;
    bool skip_quit_response = true;
    bool send_xforward = false;
    bool soft_bounce = false;
    // Waited so long before this attempt, mail goes in the clear where a TLS handshake that was
    // only wished for fails.
    base::Duration plain_after = 300s;

    bool keep_connections = true;
    base::Duration idle_limit = 2s;     // of a kept connection
    base::Duration reuse_limit = 300s;  // of a connection's whole life
    uint64_t reuse_count = 0;           // times a connection is used again; 0: any number

    base::Duration connect = 30s;
    base::Duration helo = 300s;      // greeting, EHLO, HELO, LHLO
    base::Duration starttls = 300s;  // the command, and then the handshake
    base::Duration xforward = 300s;
    base::Duration mail = 300s;
    base::Duration rcpt = 300s;
    base::Duration data_init = 120s;
    base::Duration data_xfer = 180s;  // each wait while content is sent
    base::Duration data_done = 600s;
    base::Duration rset = 20s;
    base::Duration quit = 300s;
    // Whether data_xfer limits the waits for all content together, each second of it bringing
    // `least_rate` bytes on.
    bool per_request_deadline = false;
    uint64_t least_rate = 500;

    OutgoingAddresses outgoing;
    bool original_recipients = true;  // tells servers that report deliveries what they were
    bool convert_mime = true;         // 8-bit content for servers without 8BITMIME
    size_t line_limit = 998;          // longest line sent; 0: any

    // Of the program `program`, "smtp" or "lmtp", as the service `service` of master.cf. It reads
    // the services file, and asks name service where interfaces are named: not for a running loop.
    // Tables that it names are opened in
    // `tables`. Throws config::Error where an address, port or family is none.
    static Options from(const config::Settings& settings, std::string_view program,
                        std::string_view service, dict::Tables& tables);
    // Has TLSA records looked up by `names`, which outlive these options and their copies. Throws
    // config::Error.
    void look_up_by(nexthop::NameService& names, const config::Settings& settings);
};

}  // namespace smtp
