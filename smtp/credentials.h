// Credentials are the login that a message uses at one place, found by who sends it and where.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/own_settings.h"
#include "lib/dict/maps.h"
#include "lib/io/task.h"
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

// The tables with logins. The keys, in the order in which they are tried: pairs of sender and
// relay, then those that Postfix has (main.cf(5), smtp_sasl_password_maps). At each key tokens are
// looked for before passwords.
class Logins {
  public:
    // Null where the program does not log in anywhere. Throws config::Error.
    static std::shared_ptr<Logins> from(const config::OwnSettings& own, dict::Tables& tables);

    io::Task<FoundLogin> find(nexthop::Visit question);

  private:
    struct Key {
        std::string text;
        dict::Key kind;
    };
    // What the tables say of a question.
    struct Entry {
        dict::Lookup lookup;
        std::string key;
        bool token = false;
    };

    Logins() = default;
    std::vector<Key> keys_for(const nexthop::Visit& question) const;
    io::Task<Entry> look_up(nexthop::Visit question) const;
    io::Task<Entry> remembered(nexthop::Visit question);
    Credentials with_password(std::string_view value) const;
    io::Task<FoundLogin> with_token(Entry entry);
    static std::string source_of(const Entry& entry);

    dict::Maps passwords_;
    dict::Maps tokens_;
    std::string delimiter_;
    std::string extension_delimiters_;
    bool by_sender_ = false;
    bool names_role_ = false;
    TokenRules rules_;
    // By the source as written: those who share one share its token.
    std::map<std::string, std::shared_ptr<TokenSource>> sources_;
    // What was found within the last moment, so that a burst of mail costs few look-ups.
    std::map<std::string, Entry> recent_;
    base::Instant recent_since_{};
};

}  // namespace smtp
