#include "lib/health/record.h"

#include <algorithm>

#include "lib/health/shared_time.h"
#include "lib/health/table.h"

namespace health {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
// A crowded endpoint may have twice as many sessions after this time, until nobody counts.
constexpr base::Duration window_doubles = std::chrono::seconds(60);
constexpr int most_doublings = 12;

}  // namespace

View::Use View::use() const {
    if (admin == Admin::up)
        return Use::normal;
    if (barred())
        return Use::none;
    constexpr Use uses[] = {Use::normal, Use::none, Use::probe, Use::normal, Use::slow};
    return uses[static_cast<size_t>(state)];
}

Record::Record(const Table& table, size_t slot, uint64_t tag)
    : table_(&table), slot_(slot), tag_(tag) {
    tenant_ = Breaker::from(cell().word.load(relaxed)).tenant;
}

Cell& Record::cell() const {
    return table_->cells_[slot_];
}

Detail& Record::detail() const {
    return table_->details_[slot_];
}

bool Record::live() const {
    return cell().tag.load(std::memory_order_acquire) == tag_ &&
           Breaker::from(cell().word.load(relaxed)).tenant == tenant_;
}

View Record::look(base::Instant now, const Rules& rules) const {
    View view;
    if (!live())
        return view;
    Breaker breaker = Breaker::from(cell().word.load(relaxed));
    view.state = breaker.at(now);
    view.admin = admin_at(breaker, now);
    view.until = breaker.until;
    view.since = instant_of(detail().since.load(relaxed));
    if (uint64_t until = detail().admin_until.load(relaxed); until != 0)
        view.admin_until = instant_of(until);
    view.step = breaker.step();
    Score score = Score::from(cell().score.load(relaxed));
    view.score = decayed(score.value, now - score.at, rules);
    view.fails = cell().fails.load(relaxed);
    view.reason = row_of(static_cast<Reason>(cell().reason.load(relaxed) & 0xff)).reason;
    view.pace.greeting = Average::from(detail().latency[0].load(relaxed));
    view.pace.transfer = Average::from(detail().latency[1].load(relaxed));
    view.in_flight = table_->in_flight(slot_);
    view.window = window_at(now);
    uint64_t lease = cell().lease.load(relaxed);
    view.lease_until = instant_of_ms(lease & low_mask);
    view.prober = view.lease_until > now ? static_cast<pid_t>(lease >> low_bits) : 0;
    uint64_t kind = detail().kind.load(relaxed);
    view.scope = static_cast<Scope>(std::min<uint64_t>(kind & 0xff, 2));
    view.configured = kind >> 8 != 0;
    return view;
}

Names Record::names() const {
    const Detail& from = detail();
    return {from.key.get(), from.label.get(), from.service.get(), from.who.get(), from.text.get()};
}

std::string Record::label() const {
    return detail().label.get();
}

Admin Record::admin_at(const Breaker& breaker, base::Instant now) const {
    uint64_t until = detail().admin_until.load(relaxed);
    return until != 0 && instant_of(until) <= now ? Admin::none : breaker.admin;
}

bool Record::take_lease(pid_t pid, base::Duration time, base::Instant now) const {
    if (!live())
        return false;
    auto id = static_cast<uint64_t>(pid);
    uint64_t lease = cell().lease.load(relaxed);
    bool others = lease >> low_bits != id && instant_of_ms(lease & low_mask) > now;
    return !others &&
           cell().lease.compare_exchange_strong(lease, pair(id, ms_of(now + time)), relaxed);
}

void Record::end_lease(pid_t pid) const {
    uint64_t lease = cell().lease.load(relaxed);
    if (lease >> low_bits == static_cast<uint64_t>(pid))
        cell().lease.compare_exchange_strong(lease, 0, relaxed);
}

uint64_t Record::want_probe() const {
    if (!live())
        return 0;
    uint64_t wish = detail().probe_wanted.fetch_add(1, relaxed) + 1;
    table_->changed();
    return wish;
}

uint64_t Record::probe_wanted() const {
    return live() ? detail().probe_wanted.load(relaxed) : 0;
}

uint64_t Record::probe_answered() const {
    return live() ? detail().probe_answered.load(std::memory_order_acquire) : 0;
}

void Record::answer_probe(uint64_t wish, Reason reason) const {
    if (!live())
        return;
    detail().probe_reason.store(static_cast<uint64_t>(reason), relaxed);
    detail().probe_answered.store(wish, std::memory_order_release);
}

Reason Record::probe_result() const {
    return row_of(static_cast<Reason>(detail().probe_reason.load(relaxed) & 0xff)).reason;
}

// Counted first, so that two processes cannot both take the last place.
bool Record::begin(base::Instant now, const Rules& rules) const {
    size_t column = table_->own_column();
    if (!live() || column == most_processes)
        return true;
    std::atomic<uint32_t>& own = table_->count(column, slot_);
    own.fetch_add(1, relaxed);
    Breaker breaker = Breaker::from(cell().word.load(relaxed));
    bool ramps = breaker.at(now) == State::ramp && admin_at(breaker, now) != Admin::up;
    unsigned room = ramps ? ramp_sessions(breaker, rules, now) : UINT32_MAX;
    if (unsigned window = window_at(now))
        room = std::min(room, window);
    if (room == UINT32_MAX || table_->in_flight(slot_) <= room)
        return true;
    own.fetch_sub(1, relaxed);
    return false;
}

void Record::end() const {
    size_t column = table_->own_column();
    if (column == most_processes || !live())
        return;
    std::atomic<uint32_t>& own = table_->count(column, slot_);
    uint32_t before = own.load(relaxed);
    while (before > 0 && !own.compare_exchange_weak(before, before - 1, relaxed)) {
    }
}

// One session fewer than there are, and more again as time passes.
void Record::crowd(base::Instant now) const {
    unsigned sessions = table_->in_flight(slot_);
    uint64_t room = sessions > 1 ? sessions - 1 : 1;
    cell().window.store(pair(room, ms_of(now)), relaxed);
}

unsigned Record::window_at(base::Instant now) const {
    uint64_t window = cell().window.load(relaxed);
    if (window == 0)
        return 0;
    base::Duration gone = now - instant_of_ms(window & low_mask);
    auto doublings = std::max<int64_t>(gone / window_doubles, 0);
    if (doublings > most_doublings)
        return 0;
    return static_cast<unsigned>(std::min<uint64_t>(window >> low_bits, 0xffff) << doublings);
}

// Lost updates of two processes cost a sample.
void Record::latency(Latency kind, base::Duration time) const {
    if (!live())
        return;
    std::atomic<uint64_t>& word = detail().latency[static_cast<size_t>(kind)];
    word.store(Average::from(word.load(relaxed)).with(time).word(), relaxed);
}

}  // namespace health
