// Account is who a client says that it is, with what proves it.
#pragma once

#include <cstdint>
#include <string>

#include "lib/base/wipe.h"

namespace sasl {

// What the secret is: something to be known, or an OAuth 2.0 access token.
enum class Proof : uint8_t { password, token };

struct Account {
    Account() = default;
    Account(const Account&) = default;
    Account& operator=(const Account&) = default;
    Account(Account&&) = default;
    Account& operator=(Account&&) = default;
    ~Account() { base::wipe(secret); }

    std::string user;
    std::string secret;
    Proof proof = Proof::password;
    bool names_role = false;  // sends the user as the one to act for, too (an authzid)

    bool operator==(const Account&) const = default;
};

// What ties a login to the TLS connection that it is made over; "" for what there is none of.
struct ChannelBinding {
    std::string exporter;  // tls-exporter, RFC 9266: of TLS 1.3
    std::string unique;    // tls-unique, RFC 5929: of older versions

    bool empty() const { return exporter.empty() && unique.empty(); }
};

}  // namespace sasl
