// What is known of each mechanism, and which of them do for a client's demands.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/sasl/account.h"

namespace sasl {

// Words of smtp_sasl_security_options; combine with |.
enum Demand : unsigned {
    no_plaintext = 1,      // whoever listens does not learn the secret
    no_active = 2,         // nor who is in between
    no_dictionary = 4,     // nor who tries likely passwords afterwards
    no_anonymous = 8,      // it says who logs in
    mutual_auth = 16,      // the server proves itself too
    forward_secrecy = 32,  // keys of one session tell nothing of another
};

struct Properties {
    std::string_view name;
    unsigned meets = 0;  // Demand
    bool password = false;
    bool token = false;
    bool bound = false;         // to the TLS connection
    bool server_first = false;  // no response goes along with the name
};

// The strongest first.
std::span<const Properties> mechanisms();
// Null for one that is not known.
const Properties* properties_of(std::string_view name);

// 0 for no such word.
unsigned demand_named(std::string_view word);
// All of `words`, joined. Throws config::Error that names the first that is none.
unsigned demands_of(const std::vector<std::string>& words);

// The mechanisms of `offered` that take the account's proof and meet all of `demands`, the
// strongest first. Behind those for passwords come those for tokens, for who keeps a token as a
// password; `binding` is whether the connection has something to bind a login to.
std::vector<std::string> usable(const std::vector<std::string>& offered, Proof proof,
                                unsigned demands, bool binding);

}  // namespace sasl
