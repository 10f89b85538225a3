#include "smtpd/host_name.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "lib/base/text.h"

namespace smtpd {

namespace {

constexpr size_t longest_label = 63;
constexpr size_t longest_name = 255;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool may_stand_in_label(char c) {
    char low = base::lower(c);
    return (low >= 'a' && low <= 'z') || is_digit(c) || c == '-' || c == '_' ||
           static_cast<unsigned char>(c) > 127;
}

bool valid_label(std::string_view label) {
    return !label.empty() && label.size() <= longest_label && label.front() != '-' &&
           label.back() != '-' && std::all_of(label.begin(), label.end(), may_stand_in_label);
}

}  // namespace

bool valid_host_name(std::string_view name) {
    if (name.empty() || name.size() > longest_name)
        return false;
    if (std::all_of(name.begin(), name.end(), [](char c) { return c == '.' || is_digit(c); }))
        return false;
    while (true) {
        size_t dot = name.find('.');
        if (!valid_label(name.substr(0, dot)))
            return false;
        if (dot == name.npos)
            return true;
        name.remove_prefix(dot + 1);
    }
}

bool valid_address(std::string_view text) {
    unsigned char bytes[16];
    std::string ended(text);
    return inet_pton(AF_INET, ended.c_str(), bytes) == 1 ||
           inet_pton(AF_INET6, ended.c_str(), bytes) == 1;
}

bool valid_address_literal(std::string_view text) {
    if (text.size() < 2 || !text.starts_with('[') || !text.ends_with(']'))
        return false;
    std::string_view inside = text.substr(1, text.size() - 2);
    if (base::starts_nocase(inside, "ipv6:"))
        inside.remove_prefix(5);
    return valid_address(inside);
}

}  // namespace smtpd
