// What name servers say: records, and answers of one question.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "lib/io/socket_address.h"

namespace dns {

enum class Type : uint16_t {
    a = 1,
    ns = 2,
    cname = 5,
    ptr = 12,
    mx = 15,
    txt = 16,
    aaaa = 28,
    srv = 33,
    tlsa = 52
};

// Names are lower-case, without the dot at the end; "" is the root (a null MX).
struct Host {  // PTR, CNAME, NS
    std::string name;
};
struct Exchange {  // MX
    uint16_t preference = 0;
    std::string name;
};
struct Service {  // SRV
    uint16_t priority = 0;
    uint16_t weight = 0;
    uint16_t port = 0;
    std::string name;
};
struct Certificate {  // TLSA
    uint8_t usage = 0;
    uint8_t selector = 0;
    uint8_t matching = 0;
    std::string data;
};
struct Text {
    std::string text;  // character strings joined
};
struct Address {     // A, AAAA
    std::string ip;  // "192.0.2.1", "2001:db8::1"
};

struct Record {
    std::string owner;
    Type type = Type::a;
    uint32_t ttl = 0;  // seconds, as received
    std::variant<Address, Host, Exchange, Service, Text, Certificate> data;
};

struct Answer {
    // none: NXDOMAIN, or no such record (nxdomain tells). retry: SERVFAIL, REFUSED, time limit,
    // malformed. fatal: FORMERR and other odd codes. invalid: a name in the answer is none.
    enum class State : uint8_t { found, none, retry, fatal, invalid };

    State state = State::none;
    std::vector<Record> records;  // of the type asked for, CNAMEs followed; as the server sent them
    std::string name;             // at the end of CNAMEs
    bool nxdomain = false;
    bool authentic = false;  // a server that was asked to validate it says that it did (AD)
    std::string reason;      // not found: "Host or domain name not found. Name service error for
                             // name=x type=MX: Host not found"
};

}  // namespace dns
