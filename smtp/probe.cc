#include "smtp/probe.h"

#include <exception>
#include <memory>
#include <utility>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtp/greeting.h"
#include "smtp/race.h"

namespace smtp {
namespace {

// A race of one.
class OnlyOne : public Candidates {
  public:
    explicit OnlyOne(Candidate candidate) : candidate_(std::move(candidate)) {}

    io::Task<std::optional<Candidate>> next(const std::vector<size_t>&) override {
        co_return std::exchange(candidate_, std::nullopt);
    }
    std::optional<Candidate> sibling(const Candidate&) override { return std::nullopt; }
    bool ended(Ended how) override {
        trouble = std::move(how.trouble);
        return false;
    }

    Trouble trouble;

  private:
    std::optional<Candidate> candidate_;
};

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

io::Task<std::optional<Trouble>> ask(Dialer& dialer, nexthop::Endpoint endpoint,
                                     const Options& options) {
    const FailoverSettings& failover = *options.failover;
    Candidate candidate;
    candidate.endpoint = std::move(endpoint);
    candidate.connect = failover.probe_connect_timeout;
    candidate.greeting = failover.probe_banner_timeout;
    OnlyOne only(std::move(candidate));
    Pace pace;
    Race race(dialer, only, options, pace);
    Raced raced = co_await race.run();
    if (!raced.session)
        co_return std::move(only.trouble);
    raced.session->endpoint = raced.candidate.endpoint;
    raced.session->peer = peer_of(raced.candidate.endpoint);
    raced.session->turn_ends = io::loop().now() + failover.probe_banner_timeout;
    std::optional<Trouble> trouble =
        co_await introduce(*raced.session, raced.candidate.endpoint.host, options);
    if (trouble)
        co_return trouble;
    // Nobody waits for the reply to QUIT.
    Session& session = *raced.session;
    session.stream.put("QUIT\r\n");
    std::exception_ptr gone;
    try {
        co_await session.stream.flush();
    } catch (const io::Closed&) {
        gone = std::current_exception();
    }
    co_return std::nullopt;
}

}  // namespace smtp
