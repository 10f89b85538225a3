#include "smtp/flight.h"

#include "smtp/log.h"

namespace smtp {

std::vector<uint32_t> Flight::unresolved() const {
    if (hopeless)
        return {};
    std::vector<uint32_t> places = accepted;
    size_t before_rcpt = lead() + 1;
    size_t known = answered > before_rcpt ? answered - before_rcpt : 0;
    for (size_t i = known; i < offered.size(); ++i)
        places.push_back(offered[i]);
    return places;
}

io::Task<void> Flight::consult(const mail::Reply& reply, const Options& options) {
    const std::string& tables = job.failover()->reply_filter;
    order.reset();
    if (tables.empty() || !options.reply_filter || !(reply.transient() || reply.permanent()))
        co_return;
    std::optional<Order> found = co_await options.reply_filter->order(tables, reply);
    order = found;
}

Trouble Flight::refusal(const Session& session, const mail::Reply& reply, Stage stage) const {
    Trouble trouble = said(session.peer, reply, stage);
    return order ? ordered(std::move(trouble), *order) : trouble;
}

Trouble Flight::uncertain(Trouble trouble, const Session& session) const {
    const FailoverSettings& failover = *job.failover();
    bool asked_again = job.request().ask_first == session.peer.relay;
    if (failover.health && (failover.after_dot == AfterDot::next || asked_again))
        return trouble;
    trouble.kind = Trouble::Kind::ambiguous;
    if (failover.health) {
        trouble.retry_in = failover.after_dot_delay;
        trouble.ask_first = session.peer.relay;
    }
    return trouble;
}

void Flight::fail(Session& session, const std::vector<uint32_t>& places, const Trouble& trouble) {
    health::Reason cause = session.standing.failed(trouble.cause, job.request().queue_id);
    bool bounces = job.judged(trouble).kind == Trouble::Kind::refused;
    if (session.standing.watched() && !bounces && cause != health::Reason::none &&
        !std::exchange(blamed, true))
        log::relay_attempt(job.request(), session.standing.label(), session.endpoint.source, cause,
                           io::loop().now() - begun);
    job.failed(places, trouble);
}

}  // namespace smtp
