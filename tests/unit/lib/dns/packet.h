// Packet writes DNS messages byte by byte, well-formed or not.
#pragma once

#include <arpa/inet.h>

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/text.h"
#include "lib/dns/record.h"

namespace dns_test {

inline std::string u16(unsigned n) {
    return {static_cast<char>(n >> 8), static_cast<char>(n)};
}
inline std::string u32(uint32_t n) {
    return u16(n >> 16) + u16(n & 0xffff);
}
// "" is the root. Labels hold whatever bytes are given.
inline std::string name(std::string_view text) {
    std::string wire;
    for (std::string_view label : base::split(text, "."))
        wire += static_cast<char>(label.size()) + std::string(label);
    return wire + '\0';
}

inline std::string a(const char* ip) {
    std::string bytes(4, '\0');
    inet_pton(AF_INET, ip, bytes.data());
    return bytes;
}
inline std::string aaaa(const char* ip) {
    std::string bytes(16, '\0');
    inet_pton(AF_INET6, ip, bytes.data());
    return bytes;
}
inline std::string mx(unsigned preference, std::string_view host) {
    return u16(preference) + name(host);
}
inline std::string srv(unsigned priority, unsigned weight, unsigned port, std::string_view host) {
    return u16(priority) + u16(weight) + u16(port) + name(host);
}
inline std::string soa(uint32_t minimum) {
    return name("ns.invalid") + name("root.invalid") + u32(1) + u32(2) + u32(3) + u32(4) +
           u32(minimum);
}

inline constexpr unsigned type_ns = 2, type_soa = 6, type_opt = 41;

struct Packet {
    unsigned id = 0;
    unsigned flags = 0x8180;  // a response, recursion desired and offered
    std::string question;
    std::vector<std::string> sections[3];

    Packet& asks(std::string_view about, dns::Type type) {
        question = name(about) + u16(static_cast<unsigned>(type)) + u16(1);
        return *this;
    }
    Packet& code(unsigned rcode) {
        flags = (flags & 0xfff0) | rcode;
        return *this;
    }
    Packet& flag(unsigned bits) {
        flags |= bits;
        return *this;
    }
    Packet& number(unsigned n) {
        id = n;
        return *this;
    }
    Packet& add(int section, std::string_view owner, unsigned type, uint32_t ttl,
                const std::string& data) {
        sections[section].push_back(name(owner) + u16(type) + u16(1) + u32(ttl) +
                                    u16(static_cast<unsigned>(data.size())) + data);
        return *this;
    }
    Packet& answer(std::string_view owner, dns::Type type, uint32_t ttl, const std::string& data) {
        return add(0, owner, static_cast<unsigned>(type), ttl, data);
    }
    Packet& authority(std::string_view zone, uint32_t ttl, uint32_t minimum) {
        return add(1, zone, type_soa, ttl, soa(minimum));
    }
    std::string wire() const {
        std::string bytes = u16(id) + u16(flags) + u16(question.empty() ? 0 : 1);
        for (const auto& section : sections)
            bytes += u16(static_cast<unsigned>(section.size()));
        bytes += question;
        for (const auto& section : sections)
            for (const std::string& record : section)
                bytes += record;
        return bytes;
    }
};

inline constexpr unsigned authoritative = 0x0400, truncated = 0x0200, recursive = 0x0080,
                          authentic = 0x0020;

}  // namespace dns_test
