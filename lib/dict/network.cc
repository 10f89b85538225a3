#include "lib/dict/network.h"

#include <arpa/inet.h>

#include "lib/base/text.h"
#include "lib/config/error.h"

namespace dict {
namespace {

std::array<unsigned char, 16> masked(std::array<unsigned char, 16> bytes, unsigned bits) {
    for (unsigned i = 0; i < bytes.size(); ++i) {
        unsigned kept = bits > i * 8 ? std::min(bits - i * 8, 8u) : 0;
        bytes[i] &= static_cast<unsigned char>(0xff00u >> kept);
    }
    return bytes;
}

// The brackets of "[address]/bits" and "[address/bits]" taken away.
std::string without_brackets(std::string_view text) {
    if (!text.starts_with('['))
        return std::string(text);
    size_t end = text.find(']');
    if (end == text.npos)
        throw config::Error(base::text("missing ']' character after \"", text, '"'));
    std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && rest.front() != '/')
        throw config::Error(base::text("garbage after \"", text.substr(0, end + 1), '"'));
    return base::text(text.substr(1, end - 1), rest);
}

}  // namespace

std::optional<NumericAddress> NumericAddress::parse(std::string_view text) {
    NumericAddress address;
    address.family = text.find(':') != text.npos ? AF_INET6 : AF_INET;
    char copy[INET6_ADDRSTRLEN + 1];
    if (text.size() >= sizeof copy)
        return std::nullopt;
    copy[text.copy(copy, sizeof copy - 1)] = '\0';
    if (::inet_pton(address.family, copy, address.bytes.data()) != 1)
        return std::nullopt;
    return address;
}

unsigned NumericAddress::width() const {
    return family == AF_INET6 ? 128 : 32;
}

Network Network::parse(std::string_view pattern) {
    std::string text = without_brackets(pattern);
    size_t slash = text.find('/');
    std::optional<NumericAddress> address = NumericAddress::parse(text.substr(0, slash));
    if (slash == text.npos && !address)
        throw config::Error(base::text("bad address pattern: \"", pattern, '"'));
    Network network;
    network.bits_ = address ? address->width() : 0;
    if (slash != text.npos) {
        std::string_view mask = std::string_view(text).substr(slash + 1);
        std::optional<unsigned> bits = base::number<unsigned>(mask);
        if (!bits)
            throw config::Error(base::text("bad mask value in \"", pattern, '"'));
        if (!address)
            throw config::Error(base::text("bad network value in \"", pattern, '"'));
        if (*bits > address->width())
            throw config::Error(base::text("bad mask length in \"", pattern, '"'));
        network.bits_ = *bits;
    }
    network.base_ = *address;
    std::array<unsigned char, 16> base = masked(address->bytes, network.bits_);
    if (base != address->bytes) {
        char better[INET6_ADDRSTRLEN] = {};
        ::inet_ntop(address->family, base.data(), better, sizeof better);
        throw config::Error(base::text("non-null host address bits in \"", pattern,
                                       "\", perhaps you should use \"", better, '/', network.bits_,
                                       "\" instead"));
    }
    return network;
}

bool Network::contains(const NumericAddress& address) const {
    return address.family == base_.family && masked(address.bytes, bits_) == base_.bytes;
}

}  // namespace dict
