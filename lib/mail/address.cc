#include "lib/mail/address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "lib/base/text.h"

namespace mail {

namespace {

constexpr size_t longest_address = 1000;  // RFC 5321 asks for 256; nothing sane is longer than this
constexpr size_t longest_label = 63;
constexpr size_t longest_domain = 255;

bool control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool atom_char(char c) {
    constexpr std::string_view specials = "()<>[]:;@\\,\"";
    return !control(c) && c != ' ' && specials.find(c) == specials.npos;
}

bool dot_string(std::string_view local) {
    if (local.empty() || local.front() == '.' || local.back() == '.')
        return false;
    for (size_t i = 0; i < local.size(); ++i) {
        if (!atom_char(local[i]) || (local[i] == '.' && local[i - 1] == '.'))
            return false;
    }
    return true;
}

// Takes a local part off the front of `in`: atoms, dots and quoted strings in any mix.
std::optional<std::string> take_local(std::string_view& in) {
    std::string local;
    bool quoted = false;
    size_t i = 0;
    for (; i < in.size(); ++i) {
        char c = in[i];
        if (c == '"') {
            quoted = !quoted;
            continue;
        }
        bool escaped = c == '\\';
        if (escaped) {
            if (++i == in.size())
                return std::nullopt;
            c = in[i];
        }
        if (control(c))
            return std::nullopt;
        if (!quoted && !escaped && !atom_char(c))
            break;
        local.push_back(c);
    }
    if (quoted)
        return std::nullopt;
    in.remove_prefix(i);
    return local;
}

// Where an address literal or a name ends.
size_t domain_length(std::string_view in) {
    if (!in.empty() && in.front() == '[') {
        auto close = in.find(']');
        return close == in.npos ? in.size() : close + 1;
    }
    return std::min(in.find_first_of("> \t"), in.size());
}

// RFC 5321 appendix C: a source route is accepted but ignored.
bool skip_route(std::string_view& in) {
    if (in.empty() || in.front() != '@')
        return true;
    auto colon = in.find(':');
    if (colon == in.npos || in.substr(0, colon).find_first_of("<>\" \t") != in.npos)
        return false;
    in.remove_prefix(colon + 1);
    return true;
}

std::optional<Mailbox> take_mailbox(std::string_view& in) {
    auto local = take_local(in);
    if (!local || local->empty())
        return std::nullopt;
    Mailbox mailbox{std::move(*local), ""};
    if (!in.empty() && in.front() == '@') {
        in.remove_prefix(1);
        size_t length = domain_length(in);
        mailbox.domain = in.substr(0, length);
        in.remove_prefix(length);
        if (!valid_domain(mailbox.domain))
            return std::nullopt;
    }
    return mailbox;
}

size_t at_sign(std::string_view external) {
    bool quoted = false;
    size_t found = external.npos;
    for (size_t i = 0; i < external.size(); ++i) {
        if (external[i] == '\\')
            ++i;
        else if (external[i] == '"')
            quoted = !quoted;
        else if (external[i] == '@' && !quoted)
            found = i;
    }
    return found;
}

// RFC 5321 section 4.1.3.
bool valid_literal(std::string_view inside) {
    constexpr std::string_view v6 = "IPv6:";
    bool six = base::starts_nocase(inside, v6);
    std::string address(six ? inside.substr(v6.size()) : inside);
    unsigned char bytes[16];
    if (address.find('\0') != address.npos)
        return false;
    return inet_pton(six ? AF_INET6 : AF_INET, address.c_str(), bytes) == 1;
}

bool valid_label(std::string_view label) {
    if (label.empty() || label.size() > longest_label)
        return false;
    if (label.front() == '-' || label.back() == '-')
        return false;
    for (char c : label) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_' && static_cast<unsigned char>(c) < 0x80)
            return false;
    }
    return true;
}

}  // namespace

std::string quoted_local(std::string_view local) {
    if (dot_string(local))
        return std::string(local);
    std::string out = "\"";
    for (char c : local) {
        if (c == '"' || c == '\\')
            out.push_back('\\');
        out.push_back(c);
    }
    out.push_back('"');
    return out;
}

std::string Mailbox::external() const {
    std::string out = quoted_local(local);
    if (!domain.empty())
        base::append(out, '@', domain);
    return out;
}

std::optional<Mailbox> Mailbox::parse(std::string_view external) {
    if (external.size() > longest_address)
        return std::nullopt;
    auto mailbox = take_mailbox(external);
    if (!external.empty())
        return std::nullopt;
    return mailbox;
}

std::string_view domain_of(std::string_view external) {
    auto at = at_sign(external);
    return at == external.npos ? std::string_view() : external.substr(at + 1);
}

std::string_view local_of(std::string_view external) {
    return external.substr(0, at_sign(external));
}

std::optional<Path> parse_path(std::string_view text) {
    Path path;
    path.bracketed = !text.empty() && text.front() == '<';
    std::string_view in = text;
    if (path.bracketed) {
        in.remove_prefix(1);
        while (!in.empty() && in.front() == ' ')
            in.remove_prefix(1);
        if (!in.empty() && in.front() == '>') {
            path.rest = in.substr(1);
            return path;
        }
    }
    std::string_view start = in;
    if (!skip_route(in))
        return std::nullopt;
    auto mailbox = take_mailbox(in);
    if (!mailbox || static_cast<size_t>(in.data() - start.data()) > longest_address)
        return std::nullopt;
    if (path.bracketed) {
        while (!in.empty() && in.front() == ' ')
            in.remove_prefix(1);
        if (in.empty() || in.front() != '>')
            return std::nullopt;
        in.remove_prefix(1);
    }
    if (!in.empty() && in.front() != ' ' && in.front() != '\t')
        return std::nullopt;
    path.address = mailbox->external();
    path.rest = in;
    return path;
}

bool valid_domain(std::string_view domain) {
    if (domain.size() > longest_domain)
        return false;
    if (domain.starts_with('['))
        return domain.ends_with(']') && domain.size() > 2 &&
               valid_literal(domain.substr(1, domain.size() - 2));
    if (domain.ends_with('.'))
        domain.remove_suffix(1);
    if (domain.empty())
        return false;
    for (;;) {
        auto dot = domain.find('.');
        if (!valid_label(domain.substr(0, dot)))
            return false;
        if (dot == domain.npos)
            return true;
        domain.remove_prefix(dot + 1);
    }
}

}  // namespace mail
