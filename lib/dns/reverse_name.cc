// The names under which PTR records stand (RFC 1035 section 3.5, RFC 3596 section 2.5).
#include <arpa/inet.h>

#include <array>

#include "lib/base/text.h"
#include "lib/dns/resolver.h"

namespace dns {

namespace {

std::string reverse_four(const std::array<unsigned char, 4>& bytes) {
    return base::text(+bytes[3], '.', +bytes[2], '.', +bytes[1], '.', +bytes[0], ".in-addr.arpa");
}

std::string reverse_six(const std::array<unsigned char, 16>& bytes) {
    std::string name;
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte)
        base::append(name, base::hex(*byte & 15), '.', base::hex(*byte >> 4), '.');
    return name + "ip6.arpa";
}

}  // namespace

std::string reverse_name(const std::string& address) {
    std::array<unsigned char, 4> four;
    std::array<unsigned char, 16> six;
    if (inet_pton(AF_INET, address.c_str(), four.data()) == 1)
        return reverse_four(four);
    if (inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), six.data()) == 1)
        return reverse_six(six);
    return {};
}

}  // namespace dns
