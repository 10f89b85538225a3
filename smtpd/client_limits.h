// ClientLimits keep one client from taking the service of all: sessions at a time, sessions,
// messages, recipients, logins and TLS sessions in a unit of time, counted over all workers by the
// anvil service.
#pragma once

#include <cstdint>
#include <string>

#include "lib/config/settings.h"
#include "lib/io/task.h"
#include "lib/ipc/anvil.h"
#include "smtpd/judge.h"

namespace smtpd {

struct Session;

struct ClientLimits {
    // 0: no limit.
    uint32_t connections = 0;
    uint32_t connection_rate = 0;
    uint32_t message_rate = 0;
    uint32_t recipient_rate = 0;
    uint32_t tls_rate = 0;
    uint32_t login_rate = 0;
    unsigned ipv4_bits = 32;  // of addresses that tell clients apart
    unsigned ipv6_bits = 84;
    std::string service;  // "smtp": each service counts for itself; set at start

    static ClientLimits from(const config::Settings& settings);
    bool any() const {
        return connections > 0 || connection_rate > 0 || message_rate > 0 || recipient_rate > 0 ||
               login_rate > 0 || tls_rate > 0;
    }
};

// The network of `address` by its first bits: "192.0.2.0/24"; an address whose bits all count stays
// as it is.
std::string counted_network(const std::string& address, const ClientLimits& limits);

// A session that is counted, until it ends.
class CountedSession {
  public:
    CountedSession() = default;
    CountedSession(const CountedSession&) = delete;
    CountedSession& operator=(const CountedSession&) = delete;
    ~CountedSession();

    void begin(ipc::AnvilClient& anvil, std::string ident);
    // "" where the session is not counted.
    const std::string& ident() const { return ident_; }

  private:
    ipc::AnvilClient* anvil_ = nullptr;
    std::string ident_;
};

// The refusal of a client that is over its limits, logged; none for the others and while nobody
// counts.
io::Task<Objection> limit_connection(Session& session);
io::Task<Objection> limit_message(Session& session);
io::Task<Objection> limit_recipient(Session& session);
io::Task<Objection> limit_login(Session& session);
// A client that asks for TLS, and one that has made a new session of it.
io::Task<Objection> limit_tls_request(Session& session);
io::Task<Objection> limit_tls_session(Session& session);

}  // namespace smtpd
