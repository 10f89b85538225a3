#include "smtp/runner.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "lib/base/error.h"
#include "lib/io/loop.h"
#include "smtp/greeting.h"
#include "smtp/log.h"
#include "smtp/start_tls.h"

namespace smtp {

Runner::Runner(Candidate candidate)
    : candidate_(std::move(candidate)),
      started_(io::loop().now()),
      session_(std::move(candidate_.kept)) {
    over_ = session_ != nullptr;
}

bool Runner::same_host(const Runner& other) const {
    return candidate_.site == other.candidate_.site &&
           candidate_.endpoint.host == other.candidate_.endpoint.host;
}

void Runner::start(Dialer& dialer, const Options& options, io::Event& news) {
    scope_.spawn(run(dialer, options, news));
}

io::Task<void> Runner::run(Dialer& dialer, const Options& options, io::Event& news) {
    try {
        co_await connect(dialer);
        if (session_) {
            connected_ = io::loop().now();
            news.set();
            co_await wrap(options);
        }
        if (session_ && !trouble_) {
            base::Duration limit = session_->within_turn(candidate_.greeting);
            std::optional<Trouble> refusal = co_await hear_greeting(*session_, limit, options);
            trouble_ = std::move(refusal);
        }
    } catch (...) {
        error_ = std::current_exception();
    }
    // A connection that nothing will be sent over is closed now, not when the race is over.
    if (trouble_ || error_)
        session_.reset();
    over_ = true;
    news.set();
}

// TLS from the first byte, where that is wanted.
io::Task<void> Runner::wrap(const Options& options) {
    bool wrapped = session_->approach && session_->approach->tls.wrapped;
    if (!wrapped && session_->endpoint.address.is_inet() && session_->endpoint.port() == 465)
        log::no_wrappermode(options.lmtp ? "lmtp" : "smtp");
    if (!wrapped)
        co_return;
    base::Duration limit = session_->within_turn(std::min(candidate_.greeting, options.starttls));
    std::optional<Trouble> failure = co_await secure(*session_, limit, options);
    trouble_ = std::move(failure);
}

io::Task<void> Runner::connect(Dialer& dialer) {
    base::Instant deadline = candidate_.until;
    if (candidate_.connect != base::Duration::zero())
        deadline = std::min(deadline, started_ + candidate_.connect);
    try {
        std::unique_ptr<io::Wire> wire =
            co_await dialer.dial(candidate_.endpoint.address, deadline);
        session_ = std::make_unique<Session>(std::move(wire), peer_of(candidate_.endpoint));
        session_->endpoint = candidate_.endpoint;
        session_->approach = candidate_.approach;
        session_->turn_ends = candidate_.until;
    } catch (const io::TimedOut&) {
        trouble_ = unconnected(candidate_.endpoint, ETIMEDOUT);
    } catch (const base::SystemError& error) {
        trouble_ = unconnected(candidate_.endpoint, error.code());
    }
}

io::Task<void> Runner::join() {
    if (scope_.running() != 0)
        co_await scope_.join();
}

Trouble Runner::too_slow() const {
    Trouble trouble = connected_ ? timed_out(peer_of(candidate_.endpoint), Stage::greeting)
                                 : unconnected(candidate_.endpoint, ETIMEDOUT);
    trouble.destination = true;
    trouble.cause = health::Reason::lost_race;
    return trouble;
}

Ended Runner::end(Ended::How how) {
    Ended ended;
    ended.how = trouble_ ? Ended::How::failed : how;
    if (trouble_)
        ended.trouble = std::move(*trouble_);
    else if (how == Ended::How::lost)
        ended.trouble = too_slow();
    ended.after = io::loop().now() - started_;
    ended.connected = connected_.has_value();
    ended.connecting = connected_.value_or(started_) - started_;
    ended.candidate = std::move(candidate_);
    return ended;
}

}  // namespace smtp
