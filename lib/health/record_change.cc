// What happens to a record: failures, successes, time, and an administrator's word.
#include <algorithm>

#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/health/record.h"
#include "lib/health/shared_time.h"
#include "lib/health/table.h"

namespace health {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr base::Duration distinct_time = std::chrono::seconds(60);

}  // namespace

bool Record::replace(Breaker& expected, const Breaker& wanted, base::Instant now) const {
    // Not expected.word(): bits that nobody here wrote must not make this fail for ever.
    uint64_t word = cell().word.load(relaxed);
    if (Breaker::from(word) != expected ||
        !cell().word.compare_exchange_strong(word, wanted.word(), relaxed)) {
        expected = Breaker::from(word);
        return false;
    }
    if (expected.at(now) != wanted.at(now) || expected.state != wanted.state ||
        expected.admin != wanted.admin)
        detail().since.store(us_of(now), relaxed);
    table_->changed();
    return true;
}

Transition Record::told(std::string_view from, std::string_view to, std::string reason,
                        base::Duration retry_in) const {
    return {label(), from, to, std::move(reason), cell().fails.load(relaxed), retry_in};
}

// The score with the weight in it.
double Record::add_score(double weight, const Rules& rules, base::Instant now) const {
    uint64_t word = cell().score.load(relaxed);
    while (true) {
        Score score = Score::from(word);
        double value = decayed(score.value, now - score.at, rules) + weight;
        if (cell().score.compare_exchange_weak(word, Score{value, now}.word(), relaxed))
            return value;
    }
}

// Remembers the message; true when as many different ones as the row names failed in a minute.
bool Record::enough_distinct(const ReasonRow& row, uint64_t message, base::Instant now) const {
    if (message == 0)
        message = base::random_number();
    // Messages that failed for another reason do not count together with this one.
    message = (message & ~uint64_t{0xff}) | static_cast<uint64_t>(row.reason);
    unsigned distinct = 1;
    for (size_t i = 0; i < distinct_messages; ++i) {
        uint64_t other = detail().messages[i].load(relaxed);
        base::Instant at = instant_of_ms(detail().message_at[i].load(relaxed));
        if (other == message)
            detail().messages[i].store(0, relaxed);
        else if (other != 0 && (other & 0xff) == (message & 0xff) && now - at <= distinct_time)
            ++distinct;
    }
    size_t place = detail().next_message.fetch_add(1, relaxed) % distinct_messages;
    detail().messages[place].store(message, relaxed);
    detail().message_at[place].store(ms_of(now), relaxed);
    return distinct >= row.distinct;
}

std::optional<Transition> Record::fail(Reason reason, const Rules& rules, base::Instant now,
                                       uint64_t message) const {
    const ReasonRow& row = row_of(reason);
    if (!live())
        return std::nullopt;
    if (reason == Reason::crowded)
        crowd(now);
    if (row.weight <= 0)
        return std::nullopt;
    uint64_t kind = detail().kind.load(relaxed);
    Failure failure{row, static_cast<Scope>(std::min<uint64_t>(kind & 0xff, 2))};
    failure.configured = kind >> 8 != 0;
    failure.score = add_score(row.weight, rules, now);
    if (row.distinct > 0 && enough_distinct(row, message, now))
        failure.score = std::max(failure.score, rules.score_threshold);
    failure.since_last = now - instant_of(cell().failed_at.exchange(us_of(now), relaxed));
    failure.chance = base::random_fraction();
    cell().fails.fetch_add(1, relaxed);
    uint32_t last = cell().reason.exchange(static_cast<uint32_t>(reason), relaxed);
    cell().touched.store(ms_of(now), relaxed);
    table_->changed();
    Breaker before = Breaker::from(cell().word.load(relaxed));
    while (before.tenant == tenant_) {
        std::optional<Breaker> after = after_failure(before, failure, rules, now);
        if (!after)
            return std::nullopt;
        if (!replace(before, *after, now))
            continue;
        // A relay that stays down is told of until its time does not grow any more.
        bool again = before.at(now) == State::half_open && before.openings == after->openings &&
                     last == static_cast<uint32_t>(reason);
        if (again)
            return std::nullopt;
        return told(name_of(before.at(now)), name_of(State::open), std::string(row.name),
                    after->until - now);
    }
    return std::nullopt;
}

void Record::forgive() const {
    cell().score.store(0, relaxed);
    cell().fails.store(0, relaxed);
    for (auto& message : detail().messages)
        message.store(0, relaxed);
    table_->changed();
}

std::optional<Transition> Record::succeed(const Rules& rules, base::Instant now) const {
    Breaker before = Breaker::from(cell().word.load(relaxed));
    bool blamed = cell().score.load(relaxed) != 0 || cell().fails.load(relaxed) != 0;
    if ((before.state == State::closed && !blamed) || !live())
        return std::nullopt;
    Transition transition = told("", "", "recovered", base::Duration(0));
    transition.fails = 0;
    if (blamed)
        forgive();
    auto scope = static_cast<Scope>(std::min<uint64_t>(detail().kind.load(relaxed) & 0xff, 2));
    while (before.tenant == tenant_) {
        std::optional<Breaker> after = after_success(before, scope, rules, now);
        if (!after)
            return std::nullopt;
        State was = before.state == State::open ? before.at(now) : before.state;
        if (!replace(before, *after, now))
            continue;
        transition.from = name_of(was);
        transition.to = name_of(after->state);
        return transition;
    }
    return std::nullopt;
}

std::optional<Transition> Record::settle(base::Instant now) const {
    Breaker before = Breaker::from(cell().word.load(relaxed));
    if (!live() || before.tenant != tenant_)
        return std::nullopt;
    if (before.admin != Admin::none && admin_at(before, now) == Admin::none)
        return set_admin(Admin::none, "", "expired", base::never, now);
    std::optional<Breaker> after = after_time(before, now);
    if (!after || !replace(before, *after, now))
        return std::nullopt;
    return told(name_of(before.state), name_of(State::closed), "time", base::Duration(0));
}

std::optional<Transition> Record::eject_slow(const Rules& rules, base::Instant now) const {
    Breaker before = Breaker::from(cell().word.load(relaxed));
    if (!live() || before.tenant != tenant_)
        return std::nullopt;
    base::Duration since_last = now - instant_of(cell().failed_at.exchange(us_of(now), relaxed));
    std::optional<Breaker> after = after_slowness(before, rules, since_last, now);
    if (!after || !replace(before, *after, now))
        return std::nullopt;
    cell().reason.store(static_cast<uint32_t>(Reason::slow), relaxed);
    // After its probation it is judged by what it does then.
    for (auto& average : detail().latency)
        average.store(0, relaxed);
    return told(name_of(before.at(now)), name_of(State::slow), "slow", after->until - now);
}

std::optional<Transition> Record::set_admin(Admin admin, std::string_view who,
                                            std::string_view text, base::Instant until,
                                            base::Instant now) const {
    Breaker before = Breaker::from(cell().word.load(relaxed));
    if (!live() || before.tenant != tenant_)
        return std::nullopt;
    detail().who.set(admin == Admin::none ? "" : who);
    detail().text.set(admin == Admin::none ? "" : text);
    // The end of what was said before must not take away what is said now.
    detail().admin_until.store(0, relaxed);
    Breaker after = before;
    do {
        after = before;
        after.admin = admin;
    } while (before.tenant == tenant_ && !replace(before, after, now));
    if (until != base::never && admin != Admin::none)
        detail().admin_until.store(us_of(until), relaxed);
    if (before.admin == admin)
        return std::nullopt;
    std::string_view from =
        before.admin != Admin::none ? name_of(before.admin) : name_of(before.at(now));
    std::string_view to = admin != Admin::none ? name_of(admin) : name_of(after.at(now));
    std::string reason = who.empty()    ? std::string(text)
                         : text.empty() ? std::string(who)
                                        : base::text(who, ": ", text);
    return told(from, to, std::move(reason), base::Duration(0));
}

std::optional<Transition> Record::reset(std::string_view who, base::Instant now) const {
    Breaker before = Breaker::from(cell().word.load(relaxed));
    if (!live() || before.tenant != tenant_)
        return std::nullopt;
    forgive();
    for (auto* number : {&cell().window, &cell().lease, &cell().failed_at, &detail().latency[0],
                         &detail().latency[1], &detail().admin_until})
        number->store(0, relaxed);
    cell().reason.store(0, relaxed);
    detail().who.set("");
    detail().text.set("");
    Breaker after;
    after.tenant = before.tenant;
    while (before.tenant == tenant_ && !replace(before, after, now)) {
    }
    std::string_view from =
        before.admin != Admin::none ? name_of(before.admin) : name_of(before.at(now));
    if (from == name_of(State::closed))
        return std::nullopt;
    return told(from, name_of(State::closed), base::text("reset by ", who), base::Duration(0));
}

Record::Kept Record::keep(base::Instant now, const Rules& rules) const {
    View view = look(now, rules);
    Names words = names();
    Kept kept;
    kept.breaker = Breaker::from(cell().word.load(relaxed));
    kept.since = view.since;
    kept.failed_at = instant_of(cell().failed_at.load(relaxed));
    kept.admin_until = view.admin_until;
    kept.score = view.score;
    kept.fails = view.fails;
    kept.reason = view.reason;
    kept.pace = view.pace;
    kept.who = words.who;
    kept.text = words.text;
    return kept;
}

void Record::restore(const Kept& kept, base::Instant now) const {
    Breaker breaker = kept.breaker;
    breaker.tenant = tenant_;
    detail().since.store(us_of(kept.since), relaxed);
    cell().failed_at.store(us_of(kept.failed_at), relaxed);
    detail().admin_until.store(kept.admin_until == base::never ? 0 : us_of(kept.admin_until),
                               relaxed);
    cell().score.store(Score{kept.score, now}.word(), relaxed);
    cell().fails.store(kept.fails, relaxed);
    cell().reason.store(static_cast<uint32_t>(kept.reason), relaxed);
    detail().latency[0].store(kept.pace.greeting.word(), relaxed);
    detail().latency[1].store(kept.pace.transfer.word(), relaxed);
    detail().who.set(kept.who);
    detail().text.set(kept.text);
    cell().word.store(breaker.word(), relaxed);
}

}  // namespace health
