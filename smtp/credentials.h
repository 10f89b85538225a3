// Credentials are the login that a message uses at one place, found by who sends it and where.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/config/own_settings.h"
#include "lib/io/task.h"
#include "lib/nexthop/login_tables.h"
#include "lib/nexthop/visit.h"
#include "lib/sasl/account.h"
#include "smtp/token_source.h"

namespace smtp {

struct Credentials {
    Credentials() = default;

    sasl::Account account;
    std::shared_ptr<TokenSource> tokens;  // where the secret came from; null for a password
    std::string source;                   // for people: "table hash:/x, key y"

    // A new token of one source is the same login: a session that an old one opened may go on.
    bool operator==(const Credentials& other) const;
};

struct FoundLogin {
    FoundLogin() = default;

    std::optional<Credentials> login;  // none: this place is not logged in to
    std::string trouble;               // why nobody knows now; "" when all is well
};

// Who logs in by what the tables say (nexthop::LoginTables), with a token where they call for one.
class Logins {
  public:
    // Null where the program does not log in anywhere. Throws config::Error.
    static std::shared_ptr<Logins> from(const config::OwnSettings& own, dict::Tables& tables);

    io::Task<FoundLogin> find(nexthop::Visit question);

  private:
    using Entry = nexthop::LoginTables::Entry;

    explicit Logins(nexthop::LoginTables tables) : tables_(std::move(tables)) {}
    io::Task<Entry> remembered(nexthop::Visit question);
    // Without its secret.
    Credentials login_of(const Entry& entry) const;
    io::Task<FoundLogin> with_token(Entry entry);

    nexthop::LoginTables tables_;
    bool names_role_ = false;
    TokenRules rules_;
    // By the source as written: those who share one share its token.
    std::map<std::string, std::shared_ptr<TokenSource>> sources_;
    // What was found within the last moment, so that a burst of mail costs few look-ups.
    std::map<std::string, Entry> recent_;
    base::Instant recent_since_{};
};

}  // namespace smtp
