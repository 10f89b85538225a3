#include "lib/nexthop/colon_list.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/dns/domain.h"

namespace nexthop {
namespace {

constexpr size_t npos = std::string_view::npos;

std::string_view inside_brackets(std::string_view bracketed) {
    std::string_view host = bracketed.substr(1, bracketed.size() - 2);
    return base::starts_nocase(host, "ipv6:") ? host.substr(5) : host;
}

// "a.example", "[b]" or "587": up to the next colon outside of brackets; "" where these do not pair
// or something else follows them.
std::string_view first_piece(std::string_view text) {
    if (!text.starts_with('['))
        return text.substr(0, text.find(':'));
    size_t close = text.find(']');
    if (close == npos || (close + 1 < text.size() && text[close + 1] != ':'))
        return {};
    return text.substr(0, close + 1);
}

// RFC 6335, section 5.1: up to 15 letters, digits and hyphens.
bool could_be_service(std::string_view piece) {
    auto fits = [](char c) {
        char lower = base::lower(c);
        return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return piece.size() <= 15 && std::ranges::all_of(piece, fits);
}

bool could_be_host(const HostPort& parts) {
    return dns::is_numeric(parts.host) || dns::is_domain(parts.host);
}

HostPort host_of(std::string_view piece) {
    bool bracketed = piece.starts_with('[');
    return {piece, bracketed ? inside_brackets(piece) : piece, {}, bracketed};
}

}  // namespace

std::optional<HostPort> take_apart(std::string_view element) {
    std::string_view piece = first_piece(element);
    if (piece.empty())
        return std::nullopt;
    HostPort parts = host_of(piece);
    parts.text = element;
    if (piece.size() < element.size())
        parts.service = element.substr(piece.size() + 1);
    return parts;
}

std::vector<HostPort> split_colon_list(std::string_view element,
                                       const config::ServicePorts& services) {
    std::vector<HostPort> hosts;
    for (size_t at = 0; at <= element.size();) {
        std::string_view piece = first_piece(element.substr(at));
        if (piece.empty())
            return {};
        bool may_be_service = !hosts.empty() && hosts.back().service.empty();
        if (may_be_service && services.find(piece)) {
            HostPort& last = hosts.back();
            last.service = piece;
            last.text = std::string_view(last.text.data(), last.text.size() + 1 + piece.size());
        } else if (may_be_service && could_be_service(piece)) {
            return {};
        } else {
            hosts.push_back(host_of(piece));
        }
        at += piece.size() + 1;
    }
    bool all_hosts = std::ranges::all_of(hosts, could_be_host);
    return all_hosts && hosts.size() > 1 ? hosts : std::vector<HostPort>();
}

}  // namespace nexthop
