// Addresses: a mailbox in parts, its quoted external form, the path of MAIL FROM and RCPT TO.
//
// Everything stored or compared is the external form (RFC 5321 section 4.1.2), which is what goes
// between < and > on the wire: the local part quoted only where it must be, no source route.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mail {

struct Mailbox {
    std::string local;   // without quotes and backslashes
    std::string domain;  // "example.com", "[192.0.2.1]"; "" for a bare name

    std::string external() const;
    // Reads an external form; none for what RFC 5321 does not allow. A bare name is allowed, and so
    // are what clients get wrong without harm: dots in odd places of the local part, bytes over
    // 127.
    static std::optional<Mailbox> parse(std::string_view external);

    bool operator==(const Mailbox&) const = default;
};

// The local part quoted if it is no dot-string.
std::string quoted_local(std::string_view local);

// Where the domain of an external form begins (behind the last @ outside of quotes), or "" if it
// has none. The views live as long as `external`.
std::string_view domain_of(std::string_view external);
std::string_view local_of(std::string_view external);

// A path at the start of the argument of MAIL FROM: or RCPT TO:.
struct Path {
    std::string address;    // external form, route removed; "" for <>
    std::string_view rest;  // what follows: parameters, with the white space before them
    bool bracketed = true;  // was within < >
};

// None where it is malformed. A path without < > ends at white space.
std::optional<Path> parse_path(std::string_view text);

// A domain name or address literal as RFC 5321 writes it; underscores and bytes over 127 pass.
bool valid_domain(std::string_view domain);

}  // namespace mail
