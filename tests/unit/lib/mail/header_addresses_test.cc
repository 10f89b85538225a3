// Addresses in headers: found where they stand, replaced without touching anything else.
#include "lib/mail/header_addresses.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"

#define LLVMFuzzerTestOneInput header_addresses_target
#include "tests/fuzz/header_addresses.cc"

namespace {

std::string found(std::string_view value) {
    std::string out;
    for (const mail::HeaderAddress& address : mail::header_addresses(value))
        base::append(out, out.empty() ? "" : " | ", address.address);
    return out;
}

TEST(HeaderAddresses, AreFound) {
    struct Row {
        std::string_view value, addresses;
    };
    const Row rows[] = {
        {"", ""},
        {" ", ""},
        {"a@b", "a@b"},
        {"user", "user"},
        {"a@b, c@d", "a@b | c@d"},
        {"a@b,c@d,,", "a@b | c@d"},
        {"\"A. B\" <a@b>, C D <c@d>", "a@b | c@d"},
        {"A (x, y) B <a@b> (z)", "a@b"},
        {"a@b (comment, with comma)", "a@b"},
        {"a (nested (deep \\) ) x) @ b . c", "a@b.c"},
        {"grp: a@b, C <c@d>;, e@f", "a@b | c@d | e@f"},
        {"undisclosed-recipients:;", ""},
        {"<@r,@s:u@v>", "@r,@s:u@v"},
        {"\"q, <x> (y)\"@z", "\"q, <x> (y)\"@z"},
        {"\"a\\\"b\"@z", "\"a\\\"b\"@z"},
        {"a\\ b@z", "a\\ b@z"},
        {"u@[192.0.2.1]", "u@[192.0.2.1]"},
        {"w%x@y, host!user", "w%x@y | host!user"},
        {"a@b,\r\n\tc@d", "a@b | c@d"},
        {"A\r\n <a@b>", "a@b"},
        {"a b@c", "a | b@c"},
        {"<>", ""},
        {"<a@b", "a@b"},
        {"a@b>", "a@b"},
        {"(only a comment)", ""},
        {"(open", ""},
        {"\"open", "\"open"},
        {"a..b@c", "a..b@c"},
        {"first.last @example.com", "first.last@example.com"},
        {"caf\xc3\xa9@z", "caf\xc3\xa9@z"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(found(row.value), row.addresses) << row.value;
}

TEST(HeaderAddresses, AreReplacedInPlace) {
    struct Row {
        std::string_view value, replaced;
    };
    // Every address without a domain gets one.
    const Row rows[] = {
        {" a, b@c (x),\r\n\tD <d>", " a@o, b@c (x),\r\n\tD <d@o>"},
        {"g: a , <b> ;(y)", "g: a@o , <b@o> ;(y)"},
        {"x (1) . (2) y", "x.y@o (1) (2)"},
        {"a@b", "a@b"},
        {"\"a b\"", "\"a b\"@o"},
    };
    for (const Row& row : rows) {
        auto addresses = mail::header_addresses(row.value);
        std::vector<std::string> instead;
        for (const auto& address : addresses)
            instead.push_back(address.address.find('@') == std::string::npos
                                  ? address.address + "@o"
                                  : address.address);
        EXPECT_EQ(mail::replace_addresses(row.value, addresses, instead), row.replaced);
    }
}

TEST(HeaderAddresses, HoldForRandomValues) {
    constexpr std::string_view pieces[] = {"a", "b@c", "<", ">", "(", ")",      "\"", "\\", ",",
                                           ":", ";",   "@", ".", " ", "\r\n\t", "[",  "]",  "\xff"};
    uint64_t state = 1;
    for (int round = 0; round < 20000; ++round) {
        std::string value;
        for (int i = 0; i < round % 12; ++i) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            value.append(pieces[(state >> 33) % std::size(pieces)]);
        }
        header_addresses_target(reinterpret_cast<const uint8_t*>(value.data()), value.size());
    }
}

}  // namespace
