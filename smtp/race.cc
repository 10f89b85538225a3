#include "smtp/race.h"

#include <algorithm>
#include <utility>

#include "lib/io/loop.h"

namespace smtp {
namespace {

base::Instant after(base::Instant moment, std::optional<base::Duration> delay) {
    return delay ? moment + *delay : base::never;
}

}  // namespace

io::Task<Raced> Race::run() {
    std::exception_ptr error;
    try {
        co_await hold();
    } catch (...) {
        error = std::current_exception();
    }
    co_await clear_course();
    if (error)
        std::rethrow_exception(error);
    Raced raced;
    if (winner_) {
        raced.session = winner_->take_session();
        raced.kept = !winner_->connected();
        raced.candidate = winner_->end(Ended::How::withdrawn).candidate;
    }
    co_return raced;
}

io::Task<void> Race::hold() {
    while (true) {
        news_.clear();
        if (error_)
            std::rethrow_exception(error_);
        if (!find_winner()) {
            sort_out();
            settle_addresses();
        }
        if (!over_)
            start_due();
        if (over_ || (runners_.empty() && !asking_))
            co_return;
        co_await news_.wait(next_start());
    }
}

// Of two that greeted in the same moment it is the one that started first.
bool Race::find_winner() {
    auto first = std::ranges::find_if(runners_, [](const auto& one) { return one->greeted(); });
    if (first == runners_.end())
        return false;
    winner_ = std::move(*first);
    runners_.erase(first);
    over_ = true;
    return true;
}

// Those that have failed go.
void Race::sort_out() {
    for (size_t i = 0; i < runners_.size() && !over_;) {
        if (runners_[i]->error())
            std::rethrow_exception(runners_[i]->error());
        if (runners_[i]->over())
            remove(i, Ended::How::failed);
        else
            ++i;
    }
}

// The first connection to a host is the one to wait for.
void Race::settle_addresses() {
    for (size_t i = runners_.size(); i > 0; --i)
        if (const Runner* first = ahead_of(i - 1))
            remove(i - 1, runners_[i - 1]->started() < first->started() ? Ended::How::lost
                                                                        : Ended::How::withdrawn);
}

// Who was connected to the same host before the one at `place`; null for nobody.
const Runner* Race::ahead_of(size_t place) const {
    const Runner& runner = *runners_[place];
    for (size_t i = 0; i < runners_.size(); ++i) {
        const Runner& other = *runners_[i];
        if (i == place || !other.connected() || !other.same_host(runner))
            continue;
        base::Instant mine = runner.connected().value_or(base::never);
        if (*other.connected() < mine || (*other.connected() == mine && i < place))
            return &other;
    }
    return nullptr;
}

// Out of the race; its connection is closed.
void Race::remove(size_t place, Ended::How how) {
    std::unique_ptr<Runner> runner = std::move(runners_[place]);
    runners_.erase(runners_.begin() + static_cast<ptrdiff_t>(place));
    runner->stop();
    none_left_ = false;
    bool goes_on = candidates_.ended(runner->end(how));
    over_ = over_ || !goes_on;
    stopped_.push_back(std::move(runner));
}

std::vector<size_t> Race::running() const {
    std::vector<size_t> sites;
    for (const std::unique_ptr<Runner>& runner : runners_)
        if (std::ranges::find(sites, runner->candidate().site) == sites.end())
            sites.push_back(runner->candidate().site);
    return sites;
}

// It has no connection yet, and no other is being made to its host.
bool Race::wants_sibling(const Runner& runner) const {
    return !runner.connected() && !runner.only_address &&
           std::ranges::none_of(runners_, [&runner](const auto& one) {
               return one.get() != &runner && one->same_host(runner);
           });
}

base::Instant Race::sibling_due(const Runner& runner) const {
    return wants_sibling(runner) ? after(runner.started(), pace_.address) : base::never;
}

// When the relay has been slow long enough for another one to run beside it.
base::Instant Race::relay_due(size_t site) const {
    base::Instant due = base::never;
    for (const std::unique_ptr<Runner>& runner : runners_) {
        if (runner->candidate().site != site)
            continue;
        if (!runner->candidate().hedged)
            return base::never;
        if (runner->connected())
            return after(*runner->connected(), pace_.banner);
        due = std::min(due, after(runner->started(), pace_.connect));
    }
    return due;
}

// When all relays that run are slow; at once when none runs.
base::Instant Race::another_due() const {
    if (none_left_ || asking_)
        return base::never;
    base::Instant due = io::loop().now();
    for (size_t site : running())
        due = std::max(due, relay_due(site));
    return due;
}

base::Instant Race::next_start() const {
    base::Instant next = another_due();
    for (const std::unique_ptr<Runner>& runner : runners_)
        next = std::min(next, sibling_due(*runner));
    return next;
}

void Race::start_due() {
    start_siblings();
    if (another_due() > io::loop().now())
        return;
    if (reserve_) {
        start(*std::exchange(reserve_, std::nullopt));
    } else {
        asking_ = true;
        scope_.spawn(ask(running()));
    }
}

void Race::start_siblings() {
    for (size_t i = 0; i < runners_.size(); ++i) {
        if (sibling_due(*runners_[i]) > io::loop().now())
            continue;
        std::optional<Candidate> sibling = candidates_.sibling(runners_[i]->candidate());
        runners_[i]->only_address = !sibling;
        if (sibling)
            start(std::move(*sibling));
    }
}

io::Task<void> Race::ask(std::vector<size_t> running) {
    try {
        std::optional<Candidate> found = co_await candidates_.next(running);
        none_left_ = !found;
        reserve_ = std::move(found);
    } catch (...) {
        error_ = std::current_exception();
    }
    asking_ = false;
    news_.set();
}

void Race::start(Candidate candidate) {
    auto runner = std::make_unique<Runner>(std::move(candidate));
    if (runner->greeted()) {
        winner_ = std::move(runner);
        over_ = true;
        return;
    }
    make_room(*runner);
    runner->start(dialer_, options_, news_);
    runners_.push_back(std::move(runner));
}

// Two relays run at a time: the one that has been slow for longest gives way.
void Race::make_room(const Runner& started) {
    constexpr size_t beside = 2;
    std::vector<size_t> sites = running();
    if (sites.size() < beside || std::ranges::count(sites, started.candidate().site) != 0)
        return;
    for (size_t i = runners_.size(); i > 0; --i)
        if (runners_[i - 1]->candidate().site == sites.front())
            remove(i - 1, Ended::How::lost);
}

// Nothing runs any more, and the candidates know how it went.
io::Task<void> Race::clear_course() {
    while (!runners_.empty()) {
        bool lost = winner_ && runners_.back()->started() < winner_->started();
        remove(runners_.size() - 1, lost ? Ended::How::lost : Ended::How::withdrawn);
    }
    scope_.cancel();
    if (scope_.running() != 0)
        co_await scope_.join();
    if (reserve_) {
        Ended never_started;
        never_started.candidate = std::move(*reserve_);
        candidates_.ended(std::move(never_started));
    }
    for (const std::unique_ptr<Runner>& runner : stopped_)
        co_await runner->join();
}

}  // namespace smtp
