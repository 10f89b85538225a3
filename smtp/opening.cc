#include "smtp/opening.h"

#include <utility>

#include "lib/io/loop.h"
#include "smtp/course.h"
#include "smtp/greeting.h"
#include "smtp/pace.h"
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
        failure = std::move(how);
        return false;
    }

    Ended failure;

  private:
    std::optional<Candidate> candidate_;
};

void place(Session& session, const Job& job, const Candidate& candidate) {
    session.nexthop = job.request().nexthop;
    session.site = candidate.site;
    session.endpoint = candidate.endpoint;
    session.peer = peer_of(session.endpoint);
}

// TLS was only wished for, and what failed is TLS or came of it.
bool is_of_tls(const Session& session, const Trouble& trouble) {
    if (!session.approach || session.approach->tls.wrapped || session.approach->login ||
        nexthop::demands_tls(session.approach->tls))
        return false;
    bool broke = session.disconnected && session.tls;
    return trouble.cause == health::Reason::tls_failed || broke;
}

// The same place in the clear, under the limits that are left to it.
Candidate in_the_clear(const Candidate& candidate, const Options& options) {
    Candidate plain;
    plain.endpoint = candidate.endpoint;
    plain.site = candidate.site;
    plain.connect = candidate.connect;
    plain.greeting = candidate.greeting;
    plain.until = candidate.until;
    auto approach = std::make_shared<Approach>();
    approach->tls.level = TlsLevel::none;
    approach->tls.source.text = "TLS failed there";
    plain.approach = std::move(approach);
    if (plain.connect == base::Duration::zero())
        plain.connect = options.connect;
    return plain;
}

// EHLO and TLS; in the clear over another connection where TLS fails and the message may go so.
// The session is another one then, or null.
io::Task<std::optional<Trouble>> make_ready(std::unique_ptr<Session>& session, Job& job,
                                            const Candidate& candidate, const Workshop& shop) {
    std::optional<Trouble> trouble =
        co_await introduce(*session, job.request().nexthop, shop.options);
    if (!trouble || !is_of_tls(*session, *trouble) ||
        !job.may_go_plain(candidate.site, candidate.endpoint))
        co_return trouble;
    session.reset();
    Candidate clear = in_the_clear(candidate, shop.options);
    OneTry plain = co_await try_one(shop.dialer, std::move(clear), shop.options);
    session = std::move(plain.session);
    if (!session)
        co_return std::move(plain.failure.trouble);
    place(*session, job, candidate);
    session->fallen = true;
    co_return co_await introduce(*session, job.request().nexthop, shop.options);
}

}  // namespace

io::Task<OneTry> try_one(Dialer& dialer, Candidate candidate, const Options& options) {
    OnlyOne only(std::move(candidate));
    Pace pace;
    Race race(dialer, only, options, pace);
    Raced raced = co_await race.run();
    OneTry tried;
    tried.session = std::move(raced.session);
    if (tried.session) {
        tried.session->endpoint = raced.candidate.endpoint;
        tried.session->peer = peer_of(raced.candidate.endpoint);
    }
    tried.failure = std::move(only.failure);
    co_return tried;
}

io::Task<std::unique_ptr<Session>> open_session(Job& job, const Workshop& shop) {
    job.way().relay = "none";
    job.way().uses = 0;
    Course course(job, shop.options, shop.idle, shop.sites, shop.relays);
    Pace pace = Pace::of(*job.failover());
    Race race(shop.dialer, course, shop.options, pace);
    Raced raced = co_await race.run();
    job.way().connected = io::loop().wall();
    std::unique_ptr<Session> session = std::move(raced.session);
    if (!session && !job.settled()) {
        course.give_up();
        job.give_up();
    }
    if (!session)
        co_return nullptr;
    place(*session, job, raced.candidate);
    job.way().relay = session->peer.relay;
    if (!raced.kept) {
        std::optional<Trouble> trouble = co_await make_ready(session, job, raced.candidate, shop);
        if (trouble) {
            course.failed(raced.candidate, std::move(*trouble));
            co_return nullptr;
        }
    }
    course.won(*session, raced.candidate, raced.kept);
    co_return std::move(session);
}

}  // namespace smtp
