#include "smtpd/host_name.h"

#include <arpa/inet.h>

#include <string>

#include "lib/base/text.h"
#include "lib/dns/domain.h"

namespace smtpd {

bool valid_host_name(std::string_view name) {
    return dns::is_domain(name, dns::Letters::any);
}

bool valid_address(std::string_view text) {
    unsigned char bytes[16];
    std::string ended(text);
    return inet_pton(AF_INET, ended.c_str(), bytes) == 1 ||
           inet_pton(AF_INET6, ended.c_str(), bytes) == 1;
}

std::string_view literal_address(std::string_view text) {
    std::string_view inside = text.substr(1, text.size() - 2);
    if (base::starts_nocase(inside, "ipv6:"))
        inside.remove_prefix(5);
    return inside;
}

bool valid_address_literal(std::string_view text) {
    bool enclosed = text.size() >= 2 && text.starts_with('[') && text.ends_with(']');
    return enclosed && valid_address(literal_address(text));
}

}  // namespace smtpd
