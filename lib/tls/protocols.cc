#include "lib/tls/protocols.h"

#include <openssl/ssl.h>

#include <array>

#include "lib/base/text.h"

namespace tls {
namespace {

struct Version {
    std::string_view name;
    int number;
    uint64_t off;  // the option that turns it off; 0 where the library has it no more
};

constexpr std::array<Version, 6> versions{{
    {"SSLv2", 0x0002, 0},
    {"SSLv3", SSL3_VERSION, SSL_OP_NO_SSLv3},
    {"TLSv1", TLS1_VERSION, SSL_OP_NO_TLSv1},
    {"TLSv1.1", TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
    {"TLSv1.2", TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
    {"TLSv1.3", TLS1_3_VERSION, SSL_OP_NO_TLSv1_3},
}};

const Version* by_name(std::string_view name) {
    for (const Version& version : versions)
        if (base::equal_nocase(version.name, name))
            return &version;
    return nullptr;
}

// The version as a bound; none if it is no version.
std::optional<int> bound(std::string_view name) {
    if (const Version* version = by_name(name))
        return version->off == 0 ? 0 : version->number;
    return name.starts_with("0x") ? base::number<int>(name.substr(2), 16)
                                  : base::number<int>(name, 16);
}

}  // namespace

std::optional<Protocols> Protocols::parse(std::string_view text) {
    Protocols range;
    uint64_t wanted = 0;
    uint64_t all = 0;
    for (const Version& version : versions)
        all |= version.off;
    for (std::string_view word : base::split(text, ", \t\r\n:")) {
        if (word.starts_with(">=") || word.starts_with("<=")) {
            std::optional<int> number = bound(word.substr(2));
            if (!number)
                return std::nullopt;
            (word[0] == '>' ? range.least : range.most) = *number;
            continue;
        }
        const Version* version = by_name(word.starts_with('!') ? word.substr(1) : word);
        if (version == nullptr)
            return std::nullopt;
        (word.starts_with('!') ? range.excluded : wanted) |= version->off;
    }
    if (wanted != 0)
        range.excluded |= all & ~wanted;
    range.none = range.excluded == all;
    return range;
}

}  // namespace tls
