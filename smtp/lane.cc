#include "smtp/lane.h"

#include <exception>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtp/course.h"
#include "smtp/demand.h"
#include "smtp/envelope_commands.h"
#include "smtp/flight.h"
#include "smtp/log.h"
#include "smtp/opening.h"
#include "smtp/start_tls.h"
#include "smtp/xforward.h"

namespace smtp {
namespace {

Trouble unaddressable(std::string_view whose) {
    Trouble trouble;
    trouble.kind = Trouble::Kind::refused;
    trouble.dsn = {5, 1, whose == "sender" ? 7 : 3};
    trouble.reason = base::text("bad ", whose, " address syntax");
    return trouble;
}

Trouble too_big(const Session& session, uint64_t size) {
    Trouble trouble;
    trouble.kind = Trouble::Kind::unfit;
    trouble.dsn = {5, 3, 4};
    trouble.reason = base::text("message size ", size, " exceeds size limit ",
                                *session.offers.max_size, " of server ", session.peer.peer);
    return trouble;
}

bool too_big_for(const Session& session, const Job& job) {
    return session.offers.max_size && job.size() > *session.offers.max_size;
}

// Why this server cannot take the message; none when it can.
std::optional<Trouble> unfitness(const Session& session, const Job& job) {
    if (too_big_for(session, job))
        return too_big(session, job.size());
    return falls_short(job.demand(session.site, session.endpoint), session);
}

// What a reply to BDAT LAST says of each of several recipients is nowhere laid down, so LMTP
// servers get DATA.
bool uses_chunks(const Session& session, const Options& options) {
    return session.offers.chunking && !options.lmtp;
}

bool lacks_eight_bit(const Session& session, const Job& job) {
    return job.request().encoding == mail::Encoding::eight_bit && !session.offers.eight_bit_mime;
}

bool needs_seven_bit(const Session& session, const Job& job, const Options& options) {
    return lacks_eight_bit(session, job) && options.convert_mime;
}

std::unique_ptr<Flight> make_flight(Job& job, const Session& session, Workshop& shop) {
    using Framing = esmtp::DotStuffer::Framing;
    bool chunking = uses_chunks(session, shop.options);
    Letter letter(job.as_shown(shop.queue.open(job.request())),
                  chunking ? Framing::bdat : Framing::data, shop.options.line_limit,
                  needs_seven_bit(session, job, shop.options));
    // A relay that hangs is not to have the whole message before it has taken a recipient: no other
    // could be asked then. One that took a message before is trusted.
    bool proven = session.alone || session.uses > 0;
    Flight::Form form = !chunking                      ? Flight::Form::data
                        : proven && letter.one_piece() ? Flight::Form::one_chunk
                                                       : Flight::Form::chunks;
    auto flight = std::make_unique<Flight>(job, form, std::move(letter));
    if (shop.options.send_xforward && !session.offers.xforward.empty())
        flight->forwarded =
            xforward_commands(shop.queue.envelope(job.request()), session.offers.xforward);
    if (form == Flight::Form::one_chunk)
        flight->letter.next(flight->piece);
    return flight;
}

// Other policies choose anew for each message, of all relays, before they look for a connection.
bool goes_by_connection(const Job& job) {
    return job.failover()->policy == nexthop::Policy::failover;
}

}  // namespace

io::Task<void> Lane::run() {
    std::exception_ptr stopped;
    try {
        co_await work();
    } catch (...) {
        stopped = std::current_exception();
    }
    if (!stopped)
        co_return;
    co_await preparation_.stop();
    std::rethrow_exception(stopped);
}

io::Task<void> Lane::work() {
    for (std::unique_ptr<Job> job = choose(); job; job = choose()) {
        try {
            co_await preparation_.join(*job);
            if (!job->settled())
                co_await attempt(*job);
        } catch (const std::runtime_error& error) {
            fell_through(*job, error.what());
        }
        if (!job->settled() && !job->plan().more())
            give_up(*job);
        if (job->settled())
            done_(std::move(job));
        else
            waiting_.push_front(std::move(job));
    }
}

// A message whose envelope is on the wire comes before one that looks for another place.
std::unique_ptr<Job> Lane::choose() {
    if (following_)
        return std::move(following_);
    if (waiting_.empty())
        return nullptr;
    std::unique_ptr<Job> job = std::move(waiting_.front());
    waiting_.pop_front();
    return job;
}

// One message at one place: the session at hand, an idle one, or a new one to where the plan says.
io::Task<void> Lane::attempt(Job& job) {
    job.take_up();
    co_await preparation_.show(job);
    if (!job.showable())
        co_return;
    if (!session_ && goes_by_connection(job))
        co_await take_idle(job);
    if (!session_) {
        bool connected = co_await connect(job);
        if (!connected)
            co_return;
    }
    job.plan().reached(session_->site, session_->endpoint);
    job.reached();
    job.way().relay = session_->peer.relay;
    job.way().tls =
        tls_status(*session_, job.demand(session_->site, session_->endpoint), shop_.options);
    session_->turn_ends = session_->alone ? base::never : job.turn_ends();
    std::unique_ptr<Flight> flight = std::move(session_->ahead);
    if (!flight) {
        job.way().connected = io::loop().wall();
        flight = prepare(job, *session_);
    }
    if (flight) {
        if (!waiting_.empty())
            co_await preparation_.begin(*waiting_.front(), *session_);
        co_await carry(job, std::move(flight));
    }
    release_session();
}

// An idle session, where one will do for it. How the message would approach the places to which
// connections are open is found out of one after another, until it has one.
io::Task<void> Lane::take_idle(Job& job) {
    session_ = shop_.idle.take(job);
    if (session_ || job.one_approach())
        co_return;
    std::vector<std::pair<size_t, nexthop::Endpoint>> places =
        shop_.idle.places(job.request().nexthop);
    for (size_t i = 0; i < places.size() && !session_; ++i) {
        co_await job.find_approach(places[i].first, places[i].second);
        session_ = shop_.idle.take(job);
    }
}

// All places were tried that may be.
void Lane::give_up(Job& job) {
    Course(job, shop_.options, shop_.idle, shop_.sites, shop_.relays).give_up();
    job.give_up();
}

io::Task<bool> Lane::connect(Job& job) {
    std::unique_ptr<Session> session = co_await open_session(job, shop_);
    session_ = std::move(session);
    co_return session_ != nullptr;
}

// Null where the message cannot go over this session: what that means is settled with the job.
std::unique_ptr<Flight> Lane::prepare(Job& job, Session& session) {
    const ipc::DeliveryRequest& request = job.request();
    if (!safe_in_command(job.sender() + request.dsn_envid + request.dsn_ret)) {
        job.failed(unaddressable("sender"));
        return nullptr;
    }
    for (uint32_t place : job.open()) {
        const ipc::DeliveryRecipient& recipient = request.recipients[place];
        if (!safe_in_command(job.address(place) + recipient.orcpt))
            job.failed({place}, unaddressable("recipient"));
    }
    if (std::optional<Trouble> unfit = unfitness(session, job)) {
        if (session.standing.watched())
            log::relay_attempt(request, session.standing.label(), session.endpoint.source,
                               health::Reason::capability_missing, base::Duration(0));
        job.failed(*unfit);
        return nullptr;
    }
    if (job.settled())
        return nullptr;
    std::unique_ptr<Flight> flight;
    try {
        flight = make_flight(job, session, shop_);
    } catch (const std::runtime_error& error) {
        job.failed(unreadable(error.what()));
        return nullptr;
    }
    flight->offered = job.open();
    flight->reset = session.needs_reset;
    job.way().uses = ++session.uses;
    session.queue_id = request.queue_id;
    if (lacks_eight_bit(session, job) && !shop_.options.convert_mime)
        log::eight_bit_unannounced(request, session.peer.peer);
    return flight;
}

// The next message of the lane, to go behind the end of the one before it.
std::unique_ptr<Flight> Lane::follow(Session& session) {
    if (waiting_.empty() || !shop_.idle.reusable(session) || !session.fit())
        return nullptr;
    Job& job = *waiting_.front();
    if (job.lacks_settings() || !goes_by_connection(job))
        return nullptr;
    if (job.settled() || !job.showable() || job.request().nexthop != session.nexthop ||
        !job.plan().untried(session.site, session.endpoint) || !job.plan().first().empty() ||
        !Transaction::fits_behind(job) || unfitness(session, job) || !agree(job, session))
        return nullptr;
    job.take_up();
    job.way().relay = session.peer.relay;
    job.way().tls = tls_status(session, job.demand(session.site, session.endpoint), shop_.options);
    job.way().connected = io::loop().wall();
    std::unique_ptr<Flight> flight = prepare(job, session);
    if (!flight)
        return nullptr;
    // The end of DATA ends a transaction whatever the reply (RFC 5321 section 4.1.1.4); after a
    // BDAT that fails, only RSET does (RFC 3030 section 2).
    flight->reset = uses_chunks(session, shop_.options);
    following_ = std::move(waiting_.front());
    waiting_.pop_front();
    return flight;
}

io::Task<void> Lane::carry(Job& job, std::unique_ptr<Flight> flight) {
    std::exception_ptr conversation;
    Transaction transaction(*session_, *flight, shop_.options);
    try {
        co_await transaction.run(*this);
    } catch (const io::Closed&) {
        conversation = std::current_exception();
    } catch (const OutOfStep&) {
        conversation = std::current_exception();
    } catch (const std::runtime_error& error) {
        session_->over = true;
        job.failed(flight->unresolved(), unreadable(error.what()));
    }
    if (conversation)
        broken_off(*flight, conversation);
    if (flight->stale)
        job.plan().forget(session_->site, session_->endpoint);
}

void Lane::broken_off(Flight& flight, const std::exception_ptr& error) {
    session_->over = true;
    if (flight.finished)
        session_->stage =
            flight.form == Flight::Form::data ? Stage::end_of_data : Stage::last_chunk;
    Trouble trouble = session_->ended(error);
    if (flight.finished)
        trouble = flight.uncertain(std::move(trouble), *session_);
    // RFC 5321 section 3.8: a server may close a connection that is of no use to it at the moment.
    else if (flight.job.way().uses > 1 && flight.unanswered() && session_->disconnected)
        flight.stale = true;
    if (!flight.stale)
        flight.fail(*session_, flight.unresolved(), trouble);
}

// Something failed here, not at the server: a shortage of descriptors or memory.
void Lane::fell_through(Job& job, std::string_view why) {
    job.failed(local_trouble(why));
    if (session_) {
        session_->over = true;
        release_session();
    }
}

void Lane::release_session() {
    if (session_->over || session_->closing) {
        std::unique_ptr<Session> gone = std::move(session_);
        if (gone->ahead)
            ahead_is_lost(*gone);
    } else if (!session_->ahead) {
        shop_.idle.put(std::move(session_));
    }
}

// The session ended before the message whose envelope was sent ahead had its turn.
void Lane::ahead_is_lost(Session& session) {
    const Flight& flight = *session.ahead;
    // After its own 421 a server takes nothing more.
    if (flight.finished && !session.closing) {
        Trouble trouble = lost(session.peer, Stage::last_chunk);
        following_->failed(flight.unresolved(), flight.uncertain(std::move(trouble), session));
    }
    waiting_.push_front(std::move(following_));
}

}  // namespace smtp
