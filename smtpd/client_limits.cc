#include "smtpd/client_limits.h"

#include <arpa/inet.h>

#include <algorithm>
#include <limits>

#include "lib/base/text.h"
#include "smtpd/log.h"
#include "smtpd/session.h"

namespace smtpd {

namespace {

uint32_t limit(int64_t number) {
    return static_cast<uint32_t>(std::min<int64_t>(number, std::numeric_limits<uint32_t>::max()));
}

bool over(uint32_t number, uint32_t most) {
    return most > 0 && number > most;
}

// What is said to a client that did too much of something in a unit of time.
struct RateKind {
    ipc::AnvilVerb verb;
    uint32_t ClientLimits::*most;
    std::string_view logged;
    std::string_view told;
};

// How often the client did it, where that is too often.
io::Task<std::optional<uint32_t>> excess(Session& session, ipc::AnvilVerb verb, uint32_t most) {
    if (most == 0 || session.counted_as.ident().empty())
        co_return std::nullopt;
    std::string ident = session.counted_as.ident();
    std::optional<ipc::AnvilCounts> counts =
        co_await session.shared.anvil->tell(verb, std::move(ident));
    if (!counts || !over(counts->rate, most))
        co_return std::nullopt;
    co_return counts->rate;
}

io::Task<Objection> limit_rate(Session& session, const RateKind& kind) {
    uint32_t most = session.options().client_limits.*kind.most;
    std::optional<uint32_t> rate = co_await excess(session, kind.verb, most);
    if (!rate)
        co_return std::nullopt;
    log::over_limit(session, kind.logged, *rate);
    co_return mail::Reply::make(
        450, base::text("4.7.1 Error: too ", kind.told, " from ", session.client.address));
}

}  // namespace

ClientLimits ClientLimits::from(const config::Settings& settings) {
    ClientLimits limits;
    limits.connections = limit(settings.number("smtpd_client_connection_count_limit"));
    limits.connection_rate = limit(settings.number("smtpd_client_connection_rate_limit"));
    limits.message_rate = limit(settings.number("smtpd_client_message_rate_limit"));
    limits.recipient_rate = limit(settings.number("smtpd_client_recipient_rate_limit"));
    limits.tls_rate = limit(settings.number("smtpd_client_new_tls_session_rate_limit"));
    limits.login_rate = limit(settings.number("smtpd_client_auth_rate_limit"));
    limits.ipv4_bits = limit(settings.number("smtpd_client_ipv4_prefix_length"));
    limits.ipv6_bits = limit(settings.number("smtpd_client_ipv6_prefix_length"));
    return limits;
}

std::string counted_network(const std::string& address, const ClientLimits& limits) {
    bool v6 = address.find(':') != address.npos;
    const int family = v6 ? AF_INET6 : AF_INET;
    const unsigned whole = v6 ? 128 : 32;
    const unsigned bits = v6 ? limits.ipv6_bits : limits.ipv4_bits;
    unsigned char bytes[16];
    if (bits >= whole || ::inet_pton(family, address.c_str(), bytes) != 1)
        return address;
    for (unsigned bit = bits; bit < whole; ++bit)
        bytes[bit / 8] &= static_cast<unsigned char>(~(0x80u >> (bit % 8)));
    char network[INET6_ADDRSTRLEN];
    if (::inet_ntop(family, bytes, network, sizeof network) == nullptr)
        return address;
    return base::text(network, '/', bits);
}

CountedSession::~CountedSession() {
    if (anvil_ != nullptr)
        anvil_->leave(ident_);
}

void CountedSession::begin(ipc::AnvilClient& anvil, std::string ident) {
    anvil_ = &anvil;
    ident_ = std::move(ident);
}

io::Task<Objection> limit_connection(Session& session) {
    const ClientLimits& limits = session.options().client_limits;
    ipc::AnvilClient* anvil = session.shared.anvil;
    if (anvil == nullptr || !limits.any() || session.client.unlimited)
        co_return std::nullopt;
    std::string ident =
        base::text(limits.service, ':', counted_network(session.client.address, limits));
    session.counted_as.begin(*anvil, ident);
    std::optional<ipc::AnvilCounts> counts =
        co_await anvil->tell(ipc::AnvilVerb::connect, std::move(ident));
    if (!counts)
        co_return std::nullopt;
    bool many = over(counts->count, limits.connections);
    if (!many && !over(counts->rate, limits.connection_rate))
        co_return std::nullopt;
    if (many)
        log::over_limit(session, "Connection concurrency", counts->count);
    else
        log::over_limit(session, "Connection rate", counts->rate);
    co_return mail::Reply::make(
        421, base::text("4.7.0 ", session.options().myhostname,
                        " Error: too many connections from ", session.client.address));
}

io::Task<Objection> limit_message(Session& session) {
    static constexpr RateKind kind = {ipc::AnvilVerb::message, &ClientLimits::message_rate,
                                      "Message delivery request rate", "much mail"};
    co_return co_await limit_rate(session, kind);
}

io::Task<Objection> limit_recipient(Session& session) {
    static constexpr RateKind kind = {ipc::AnvilVerb::recipient, &ClientLimits::recipient_rate,
                                      "Recipient address rate", "many recipients"};
    co_return co_await limit_rate(session, kind);
}

io::Task<Objection> limit_tls_request(Session& session) {
    uint32_t most = session.options().client_limits.tls_rate;
    std::optional<uint32_t> rate = co_await excess(session, ipc::AnvilVerb::tls_rate, most);
    if (!rate)
        co_return std::nullopt;
    log::tls_request_refused(session);
    co_return mail::Reply::make(
        454, base::text("4.7.0 Error: too many new TLS sessions from ", session.client.text()));
}

io::Task<Objection> limit_tls_session(Session& session) {
    uint32_t most = session.options().client_limits.tls_rate;
    std::optional<uint32_t> rate = co_await excess(session, ipc::AnvilVerb::tls_session, most);
    if (!rate)
        co_return std::nullopt;
    log::over_limit(session, "New TLS session rate", *rate);
    co_return mail::Reply::make(
        421, base::text("4.7.0 ", session.options().myhostname,
                        " Error: too many new TLS sessions from ", session.client.text()));
}

io::Task<Objection> limit_login(Session& session) {
    static constexpr RateKind kind = {ipc::AnvilVerb::login, &ClientLimits::login_rate,
                                      "AUTH command rate", "many AUTH commands"};
    co_return co_await limit_rate(session, kind);
}

}  // namespace smtpd
