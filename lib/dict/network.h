// Network is a block of addresses, as cidr: tables and lists of addresses have it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace dict {

struct NumericAddress {
    int family = 0;
    std::array<unsigned char, 16> bytes{};
    // "192.0.2.1" or "2001:db8::1", without brackets.
    static std::optional<NumericAddress> parse(std::string_view text);
    unsigned width() const;  // in bits
};

class Network {
  public:
    // "192.0.2.0/24", "192.0.2.1", "2001:db8::/32", "[2001:db8::]/32", "[2001:db8::/32]". Throws
    // config::Error with what is wrong.
    static Network parse(std::string_view text);
    bool contains(const NumericAddress& address) const;

  private:
    NumericAddress base_;
    unsigned bits_ = 0;
};

}  // namespace dict
