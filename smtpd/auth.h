// Logging in with AUTH (RFC 4954): what main.cf says of it, who may, the dialogue.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/match_list.h"
#include "lib/dict/tables.h"
#include "lib/io/task.h"
#include "lib/sasl/verifier.h"

namespace smtpd {

struct Session;

struct AuthOptions {
    bool tls_only = false;        // smtpd_tls_auth_only
    bool broken_clients = false;  // broken_sasl_auth_clients
    size_t response_limit = 12288;
    sasl::Demands plain, encrypted;  // of mechanisms, without and with TLS

    // Throws config::Error.
    static AuthOptions from(const config::Settings& settings);
};

// How the clients of a process log in; it outlives all sessions.
class Logins {
  public:
    // Null where smtpd_sasl_auth_enable is off. Reads and opens what needs privileges. Throws
    // config::Error.
    static std::unique_ptr<Logins> of(const config::Settings& settings, dict::Tables& tables);
    // `filter`: smtpd_sasl_mechanism_filter.
    Logins(AuthOptions options, std::unique_ptr<sasl::Verifier> server, dict::MatchList filter)
        : options_(options), server_(std::move(server)), filter_(std::move(filter)) {}

    // Serves the sessions; ends when its scope is cancelled.
    io::Task<void> run() { return server_->run(); }

    const AuthOptions& options() const { return options_; }
    // The mechanisms that this session may use now, in the server's order; none while nobody can
    // be asked for them, or a table of smtpd_sasl_mechanism_filter does not answer.
    io::Task<std::optional<std::vector<std::string>>> mechanisms(const Session& session);
    io::Task<sasl::Step> not_offered(const Session& session, std::string mechanism) {
        return server_->not_offered(std::move(mechanism), demands(session));
    }
    std::unique_ptr<sasl::Exchange> begin(const Session& session) const;

  private:
    const sasl::Demands& demands(const Session& session) const;

    AuthOptions options_;
    std::unique_ptr<sasl::Verifier> server_;
    dict::MatchList filter_;
    std::set<sasl::Demands> warned_;  // for which there was no mechanism the last time
};

// The lines of EHLO; none where the client is not offered AUTH.
io::Task<std::vector<std::string>> auth_capabilities(Session& session);

}  // namespace smtpd
