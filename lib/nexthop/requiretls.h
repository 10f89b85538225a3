// RequireTlsPolicies says what becomes of mail that demands TLS on all its way (REQUIRETLS, RFC
// 8689), by destination: smtp_requiretls_policy.
//
// The list has actions and tables that give actions. It is asked for the destination's name or
// address without brackets or port, and tables with fixed keys for ".parent" of each domain above
// it too; of a socket for myhostname. The first answer holds; where there is none, the demand does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/own_settings.h"
#include "lib/dict/tables.h"
#include "lib/io/task.h"
#include "lib/mail/dsn.h"
#include "lib/nexthop/tls_policy.h"
#include "lib/nexthop/visit.h"

namespace nexthop {

// The weakest first. disable: as if nothing were demanded. opportunistic: a server that can pass
// the demand on is told of it. starttls: and there is no delivery without TLS. enforce: and none to
// a server that is not proved to be the right one, or cannot pass the demand on.
enum class RequireTls : uint8_t { disable, opportunistic, starttls, enforce };

// In any case; none for a word that is none.
std::optional<RequireTls> parse_requiretls(std::string_view word);
std::string_view name_of(RequireTls action);

// Whether this policy lets a connection come about only with a server that is proved to be one for
// the destination: names of hosts that unsigned MX or SRV records gave prove nothing.
bool proves_server(const TlsPolicy& policy, const Visit& visit);

struct FoundRequireTls {
    FoundRequireTls() = default;
    RequireTls action = RequireTls::enforce;
    // Why it is not known now, for the log; mail does not go there then, for this `reason`.
    std::string trouble;
    mail::Dsn dsn{4, 7, 5};
    std::string reason = "client TLS configuration problem";
};

class RequireTlsPolicies {
  public:
    // What is demanded holds everywhere.
    RequireTlsPolicies() = default;
    // Of smtp or lmtp; with requiretls_enable = no, nothing is demanded anywhere. Its tables are
    // opened in `tables`, which outlive this. Throws config::Error.
    static RequireTlsPolicies of(const config::OwnSettings& own, dict::Tables& tables);

    // Nobody's demand is heard.
    bool none() const;
    io::Task<FoundRequireTls> find(const Visit& visit) const;

  private:
    struct Item {
        std::optional<RequireTls> action;
        dict::Table* table = nullptr;  // without an action
        bool has_parents = false;      // is asked for them
    };
    FoundRequireTls judged(const dict::Lookup& lookup, std::string_view table,
                           std::string_view key) const;

    std::string parameter_ = "smtp_requiretls_policy";
    std::string myhostname_;
    std::vector<Item> items_;
};

// The tables that the list names. Throws config::Error for an element that is neither.
std::vector<std::string> requiretls_tables(const config::OwnSettings& own);
// What is wrong with an entry of such a table; "" for nothing.
std::string requiretls_problem(std::string_view table, std::string_view key,
                               std::string_view value);

}  // namespace nexthop
