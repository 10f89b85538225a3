// One element of relayhost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace config {

struct Relay {
    std::string address;  // numeric, without brackets
    uint16_t port = 0;
};

// "[192.0.2.1]:25", "[2001:db8::1]:25", "[ipv6:2001:db8::1]:25"; none for any other form.
std::optional<Relay> parse_relay(std::string_view text);

}  // namespace config
