#include "lib/dns/domain.h"

#include "lib/base/text.h"
#include "lib/io/socket_address.h"

namespace dns {

namespace {

constexpr size_t longest_label = 63;
constexpr size_t longest_name = 255;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_label(std::string_view label, Letters letters) {
    if (label.empty() || label.size() > longest_label || label.front() == '-' ||
        label.back() == '-')
        return false;
    for (char c : label) {
        bool other = letters == Letters::any && static_cast<unsigned char>(c) > 127;
        if (!is_letter(c) && !is_digit(c) && c != '_' && c != '-' && !other)
            return false;
    }
    return true;
}

}  // namespace

bool is_domain(std::string_view name, Letters letters) {
    if (name.empty() || name.size() > longest_name)
        return false;
    if (name.find_first_not_of("0123456789.") == std::string_view::npos)
        return false;
    for (size_t at = 0; at <= name.size();) {
        size_t dot = std::min(name.find('.', at), name.size());
        if (!is_label(name.substr(at, dot - at), letters))
            return false;
        at = dot + 1;
    }
    return true;
}

bool is_numeric(std::string_view name) {
    return io::SocketAddress::inet(name, 0).has_value();
}

bool is_within(std::string_view name, std::string_view zone) {
    if (zone.empty() || name == zone)
        return true;
    return name.size() > zone.size() && name.ends_with(zone) &&
           name[name.size() - zone.size() - 1] == '.';
}

std::string canonical(std::string_view name) {
    if (name.size() > 1 && name.back() == '.')
        name.remove_suffix(1);
    return base::lower(name);
}

}  // namespace dns
