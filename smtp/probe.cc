#include "smtp/probe.h"

#include <memory>
#include <utility>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtp/greeting.h"
#include "smtp/opening.h"

namespace smtp {
namespace {

std::optional<io::SocketAddress> address_in(std::string_view key) {
    key = key.substr(0, key.find('%'));
    size_t colon = key.rfind(':');
    std::optional<uint16_t> port;
    if (colon != std::string_view::npos)
        port = base::number<uint16_t>(key.substr(colon + 1));
    if (!port)
        return io::SocketAddress::unix_path(key);
    std::string_view ip = key.substr(0, colon);
    if (ip.starts_with('[') && ip.ends_with(']'))
        ip = ip.substr(1, ip.size() - 2);
    return io::SocketAddress::inet(ip, *port);
}

// Nobody waits for the reply.
io::Task<void> say_goodbye(Session& session) {
    session.stream.put("QUIT\r\n");
    try {
        co_await session.stream.flush();
    } catch (const io::Closed&) {
    }
}

// What was not won.
void tell(Probed& probed, Ended failure) {
    if (failure.connected) {
        probed.connecting = failure.connecting;
        probed.greeted = failure.trouble.diagnostic;
    }
    probed.trouble = std::move(failure.trouble);
}

io::Task<void> introduce_us(Session& session, const Options& options, Probed& probed) {
    base::Instant begun = io::loop().now();
    std::optional<Trouble> trouble = co_await introduce(session, session.endpoint.host, options);
    probed.trouble = std::move(trouble);
    if (probed.trouble)
        co_return;
    probed.introduction = io::loop().now() - begun;
    probed.protocol = session.protocol;
    std::vector<std::string>& lines = session.introduction.lines;
    if (session.protocol != "SMTP" && !lines.empty())
        probed.extensions.assign(lines.begin() + 1, lines.end());
    probed.mechanism = session.login_mechanism;
    probed.requiretls = session.tls && session.offers.requiretls;
    if (!probed.mechanism.empty())
        probed.login = session.approach->login->account.user;
    co_await say_goodbye(session);
}

}  // namespace

std::optional<nexthop::Endpoint> endpoint_of(const health::Subject& subject) {
    std::optional<io::SocketAddress> address = address_in(subject.key);
    if (!address)
        return std::nullopt;
    nexthop::Endpoint endpoint;
    endpoint.address = *address;
    endpoint.ip = address->is_inet() ? address->ip() : address->path();
    // "[HOST]:PORT/ADDRESS".
    size_t end = subject.label.find(']');
    bool named = subject.label.starts_with('[') && end != std::string::npos;
    endpoint.host = named ? subject.label.substr(1, end - 1) : subject.label;
    return endpoint;
}

io::Task<Probed> ask(Dialer& dialer, nexthop::Endpoint endpoint, SharedApproach approach,
                     const Options& options) {
    const FailoverSettings& failover = *options.failover;
    Candidate candidate;
    candidate.endpoint = std::move(endpoint);
    candidate.approach = std::move(approach);
    candidate.connect = failover.probe_connect_timeout;
    candidate.greeting = failover.probe_banner_timeout;
    base::Instant begun = io::loop().now();
    OneTry tried = co_await try_one(dialer, std::move(candidate), options);
    Probed probed;
    if (!tried.session) {
        tell(probed, std::move(tried.failure));
        co_return probed;
    }
    Session& session = *tried.session;
    session.turn_ends = io::loop().now() + failover.probe_banner_timeout;
    probed.connecting = session.opened - begun;
    probed.greeting = io::loop().now() - session.opened;
    probed.greeted = base::printable(session.greeting.one_line());
    co_await introduce_us(session, options, probed);
    probed.tls = std::move(session.tls);
    co_return probed;
}

}  // namespace smtp
