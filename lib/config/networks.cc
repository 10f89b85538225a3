#include "lib/config/networks.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "lib/base/text.h"
#include "lib/config/error.h"

namespace config {

// The address in network order; IPv4 ones take the first four bytes.
struct Parsed {
    std::array<unsigned char, 16> bytes{};
    int family = AF_UNSPEC;
};

static std::optional<Parsed> parse_numeric(int family, std::string_view text) {
    Parsed parsed;
    parsed.family = family;
    if (::inet_pton(family, std::string(text).c_str(), parsed.bytes.data()) != 1)
        return std::nullopt;
    return parsed;
}

// An IPv4 address written in IPv6 (::ffff:192.0.2.1) becomes that address.
static Parsed unmapped(const Parsed& address) {
    static constexpr unsigned char prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (address.family != AF_INET6 || std::memcmp(address.bytes.data(), prefix, 12) != 0)
        return address;
    Parsed plain;
    plain.family = AF_INET;
    std::copy_n(address.bytes.begin() + 12, 4, plain.bytes.begin());
    return plain;
}

// `bytes` with all bits behind the first `bits` cleared.
static std::array<unsigned char, 16> masked(std::array<unsigned char, 16> bytes, unsigned bits) {
    for (unsigned i = 0; i < bytes.size(); i++) {
        unsigned kept = bits > i * 8 ? std::min(bits - i * 8, 8u) : 0;
        bytes[i] &= static_cast<unsigned char>(0xff00u >> kept);
    }
    return bytes;
}

static std::string numeric_text(int family, const std::array<unsigned char, 16>& bytes) {
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(family, bytes.data(), text, sizeof text);
    return family == AF_INET6 ? base::text('[', text, ']') : text;
}

[[noreturn]] static void refuse(std::string_view pattern, std::string_view expected) {
    throw Error(base::text("expected ", expected, ", found \"", base::printable(pattern), '"'));
}

static Parsed parse_host(std::string_view whole, std::string_view host) {
    static constexpr std::string_view forms =
        "an address or network such as 192.0.2.1, 192.0.2.0/24, [2001:db8::1] or [2001:db8::]/32";
    bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
    std::string_view inner = bracketed ? host.substr(1, host.size() - 2) : host;
    bool is_v6 = inner.find(':') != inner.npos;
    if (is_v6 && !bracketed && parse_numeric(AF_INET6, inner))
        refuse(whole, "an IPv6 address in brackets");
    std::optional<Parsed> parsed = parse_numeric(is_v6 ? AF_INET6 : AF_INET, inner);
    if (!parsed)
        refuse(whole, forms);
    return *parsed;
}

Networks::Pattern Networks::parse_pattern(std::string_view text) {
    Pattern pattern;
    std::string_view rest = text;
    for (; rest.starts_with('!'); rest.remove_prefix(1))
        pattern.excluded = !pattern.excluded;
    if (rest.starts_with('/'))
        refuse(text, "addresses in main.cf itself (files of patterns are not built yet)");
    size_t slash = rest.find('/');
    Parsed host = parse_host(text, rest.substr(0, slash));
    unsigned width = host.family == AF_INET6 ? 128 : 32;
    std::optional<unsigned> bits = width;
    if (slash != rest.npos)
        bits = base::number<unsigned>(rest.substr(slash + 1));
    if (!bits || *bits > width)
        refuse(text, base::text("a prefix length from 0 to ", width));
    pattern.bytes = masked(host.bytes, *bits);
    if (pattern.bytes != host.bytes)
        refuse(text, base::text("no bits behind the prefix (as in ",
                                numeric_text(host.family, pattern.bytes), '/', *bits, ')'));
    pattern.family = host.family;
    pattern.bits = *bits;
    return pattern;
}

Networks Networks::parse(const std::vector<std::string>& patterns) {
    Networks networks;
    std::vector<std::string> problems;
    for (const std::string& text : patterns) {
        try {
            networks.patterns_.push_back(parse_pattern(text));
        } catch (const Error& error) {
            problems.push_back(error.what());
        }
    }
    if (!problems.empty())
        throw Error(std::move(problems));
    return networks;
}

bool Networks::contains(std::string_view address) const {
    bool is_v6 = address.find(':') != address.npos;
    std::optional<Parsed> parsed = parse_numeric(is_v6 ? AF_INET6 : AF_INET, address);
    if (!parsed)
        return false;
    Parsed plain = unmapped(*parsed);
    for (const Pattern& pattern : patterns_)
        if (pattern.family == plain.family && masked(plain.bytes, pattern.bits) == pattern.bytes)
            return !pattern.excluded;
    return false;
}

}  // namespace config
