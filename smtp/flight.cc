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

void Flight::fail(Session& session, const std::vector<uint32_t>& places, const Trouble& trouble) {
    health::Reason cause = session.standing.failed(trouble.cause, job.request().queue_id);
    bool bounces = job.judged(trouble).kind == Trouble::Kind::refused;
    if (session.standing.watched() && !bounces && cause != health::Reason::none &&
        !std::exchange(blamed, true))
        log::relay_attempt(job.request(), session.standing.label(), cause,
                           io::loop().now() - begun);
    job.failed(places, trouble);
}

}  // namespace smtp
