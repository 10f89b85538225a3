// Message is what one DNS packet says, as far as mail needs it; queries are made here too.
//
// This is the only file that knows ldns. What is read is bounded: records_read of the answer, fewer
// of the other sections; what lies behind that in the packet is never looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dns/record.h"

namespace dns {

inline constexpr size_t records_used = 100;     // of the type asked for
inline constexpr size_t edns_udp_bytes = 1232;  // what passes nearly everywhere unfragmented
inline constexpr size_t largest_message = 65535;

struct Question {
    Question(std::string of, Type asked) : name(std::move(of)), type(asked) {}
    std::string name;  // a domain in lower case; "" is the root
    Type type;
};

std::string type_text(Type type);  // "MX"
// The type called so in letters of either case; none for one that is not known here.
std::optional<Type> type_named(std::string_view text);

struct QueryOptions {
    bool edns = true;
    bool dnssec = false;  // asks for signatures to be looked at (DO); needs edns
    bool tcp = false;     // the packet goes by TCP from the first
};

// The packet that asks `question`, which must be a domain.
std::string build_query(const Question& question, uint16_t id, QueryOptions options);

// Codes of RFC 1035 4.1.1 and RFC 6891 9.
enum class Code : uint16_t {
    no_error = 0,
    format_error = 1,
    server_failure = 2,
    name_error = 3,
    not_implemented = 4,
    refused = 5,
    bad_version = 16
};

struct Message {
    uint16_t id = 0;
    bool response = false;
    bool authoritative = false;
    bool truncated = false;
    bool recursive = false;  // the server offers recursion
    bool authentic = false;
    Code code = Code::no_error;
    std::optional<Question> question;  // none when there is not just one, or a type not known here
    std::vector<Record> answers;       // of types known here, CNAMEs among them
    bool excess = false;               // there were more answers than are read

    struct BadName {
        std::string owner;
        Type type;
        std::string name;  // as it stands in the record
    };
    // Names in answers that are no domains; those records are left out of `answers`.
    std::vector<BadName> bad_names;

    bool has_nameservers = false;  // in the authority section, as referrals do
    struct Authority {
        std::string zone;
        uint32_t negative_ttl;  // how long "there is none" holds (RFC 2308 section 5)
    };
    std::optional<Authority> authority;
};

// None for what is no DNS message.
std::optional<Message> parse_message(std::string_view packet);
// The first two bytes; none when there are not so many.
std::optional<uint16_t> id_of(std::string_view packet);

}  // namespace dns
