#include "lib/route/unfolding.h"

#include "lib/io/socket_address.h"
#include "lib/mail/address.h"
#include "lib/rewrite/forms.h"

namespace route {

namespace {

using rewrite::Unquoted;

constexpr std::string_view routing_operators = "@!%";

bool numeric(std::string_view domain) {
    return domain.find_first_not_of("0123456789.") == domain.npos;
}

void turn(const UnfoldOptions& options, Unquoted& address) {
    drop_source_route(address);
    if (options.swap_bangpath)
        swap_bangpath(address);
    if (options.allow_percent_hack)
        turn_percent(address);
}

// The local part of an address in a local domain, as an address of its own.
Unquoted inner(const UnfoldOptions& options, const Unquoted& local) {
    Unquoted address = options.dequoted_address ? Unquoted::bare(local.text()) : local;
    turn(options, address);
    return address;
}

void wrap_numeric(Unquoted& address, size_t at) {
    std::string domain = address.text().substr(at + 1);
    if (!io::SocketAddress::inet(domain, 0))
        return;
    address = address.substr(0, at + 1);
    address.append('[' + domain + ']');
}

Unfolded finish_local(const UnfoldOptions& options, const Unquoted& name, std::string domain) {
    Unfolded result;
    result.local = true;
    result.domain = domain.empty() ? options.myhostname : std::move(domain);
    std::string local = name.empty() ? options.empty_address_recipient : name.text();
    result.routed = local.find_first_of(routing_operators) != local.npos;
    result.address = mail::quoted_local(local) + '@' + result.domain;
    if (local.starts_with('-') && !options.allow_min_user)
        result.state = Unfolded::State::bad_syntax;
    return result;
}

Unfolded finish_remote(const UnfoldOptions& options, const Unquoted& address, size_t at) {
    Unfolded result;
    result.domain = address.text().substr(at + 1);
    result.address = address.external();
    std::string_view local = std::string_view(address.text()).substr(0, at);
    result.routed = local.find_first_of(routing_operators) != local.npos;
    bool wrapped = options.numeric_domain && result.domain.starts_with('[');
    bool valid = mail::valid_domain(result.domain) && !numeric(result.domain);
    bool minus = local.starts_with('-') && !options.allow_min_user;
    if ((!valid && !wrapped) || minus)
        result.state = Unfolded::State::bad_syntax;
    return result;
}

Unfolded bad_syntax(const Unquoted& address) {
    Unfolded result;
    result.state = Unfolded::State::bad_syntax;
    result.address = address.external();
    return result;
}

// The null domain, where it is allowed, is this machine.
io::Task<Known> is_local(const Domains& domains, const std::string& domain) {
    if (domain.empty())
        co_return Known::yes;
    co_return co_await domains.is_local(domain);
}

}  // namespace

UnfoldOptions UnfoldOptions::from(const config::Settings& settings) {
    UnfoldOptions options;
    options.myhostname = settings.text("myhostname");
    options.empty_address_recipient = settings.text("empty_address_recipient");
    options.swap_bangpath = settings.flag("swap_bangpath");
    options.allow_percent_hack = settings.flag("allow_percent_hack");
    options.dequoted_address = settings.flag("resolve_dequoted_address");
    options.null_domain = settings.flag("resolve_null_domain");
    options.numeric_domain = settings.flag("resolve_numeric_domain");
    options.allow_min_user = settings.flag("allow_min_user");
    return options;
}

// Each turn takes a domain off, so it ends.
io::Task<Unfolded> unfold(const UnfoldOptions& options, const Domains& domains,
                          std::string_view recipient) {
    Unquoted address = Unquoted::from(recipient);
    if (address.find('@') == Unquoted::npos)
        address = inner(options, address);
    std::string last_local;
    for (;;) {
        drop_trailing_dot(address);
        size_t at = address.rfind('@');
        if (at == Unquoted::npos)
            co_return finish_local(options, address, std::move(last_local));
        if (options.numeric_domain)
            wrap_numeric(address, at);
        std::string domain = address.text().substr(at + 1);
        if (domain.empty() && !options.null_domain)
            co_return bad_syntax(address);
        Known local = co_await is_local(domains, domain);
        if (local == Known::no)
            co_return finish_remote(options, address, at);
        if (local == Known::retry) {
            Unfolded unknown;
            unknown.state = Unfolded::State::retry;
            co_return unknown;
        }
        last_local = std::move(domain);
        address = inner(options, address.substr(0, at));
    }
}

}  // namespace route
