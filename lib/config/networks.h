// Networks is a list of address patterns such as mynetworks.
//
// Patterns: 192.0.2.0/24, 192.0.2.1, [2001:db8::]/32, [2001:db8::1], each with '!' before it to
// exclude. The first pattern that matches decides. Table and file patterns are refused.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace config {

class Networks {
  public:
    // Throws Error with every bad pattern.
    static Networks parse(const std::vector<std::string>& patterns);

    // `address` is a numeric address without brackets; an IPv6 address that maps an IPv4 one is
    // taken as that. False for anything else.
    bool contains(std::string_view address) const;

  private:
    struct Pattern {
        std::array<unsigned char, 16> bytes{};
        int family = 0;
        unsigned bits = 0;
        bool excluded = false;
    };
    static Pattern parse_pattern(std::string_view text);

    std::vector<Pattern> patterns_;
};

}  // namespace config
