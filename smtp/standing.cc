#include "smtp/standing.h"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "lib/base/text.h"
#include "lib/io/loop.h"

namespace smtp {
namespace {

using health::Reason;
using health::Record;

base::Instant now() {
    return io::loop().now();
}

// How many connections it may have now.
std::optional<unsigned> room_of(const health::View& view, const health::Rules& rules) {
    std::optional<unsigned> room;
    if (view.state == health::State::ramp && view.admin != health::Admin::up) {
        health::Breaker ramp;
        ramp.state = view.state;
        ramp.until = view.until;
        room = health::ramp_sessions(ramp, rules, now());
    }
    if (view.window != 0)
        room = std::min(room.value_or(view.window), view.window);
    return room;
}

bool is_down(const health::View& view) {
    return view.state == health::State::open || view.state == health::State::half_open;
}

// What a server says that has enough of us, rather than trouble of its own.
bool may_be_crowded(Reason reason) {
    return reason == Reason::banner_4xx || reason == Reason::banner_5xx ||
           reason == Reason::reply_421;
}

// The server does not meet the TLS policy, and may well meet others.
bool is_of_policy(Reason reason) {
    return reason == Reason::starttls_missing || reason == Reason::tls_failed_required;
}

uint64_t number_of(std::string_view queue_id) {
    return queue_id.empty() ? 0 : std::hash<std::string_view>()(queue_id);
}

}  // namespace

Standing::Standing(Relays& relays, health::Subject subject, Failover settings, Login login)
    : relays_(relays.table() == nullptr || !settings->health ? nullptr : &relays),
      settings_(std::move(settings)),
      subject_(std::move(subject)),
      login_(std::move(login)) {}

Standing& Standing::operator=(Standing&& other) noexcept {
    if (this == &other)
        return *this;
    leave();
    relays_ = std::exchange(other.relays_, nullptr);
    settings_ = std::move(other.settings_);
    subject_ = std::move(other.subject_);
    login_ = std::move(other.login_);
    record_ = std::exchange(other.record_, std::nullopt);
    identity_ = std::exchange(other.identity_, std::nullopt);
    seen_ = std::exchange(other.seen_, std::nullopt);
    counted_ = std::exchange(other.counted_, std::nullopt);
    probing_ = std::exchange(other.probing_, false);
    ready_ = std::exchange(other.ready_, false);
    return *this;
}

health::Subject Standing::identity() const {
    health::Subject subject = subject_;
    subject.scope = health::Scope::identity;
    base::append(subject.key, "/", login_.key);
    if (!login_.user.empty())
        base::append(subject.label, " as ", login_.user);
    else if (!login_.tls_level.empty())
        base::append(subject.label, " under TLS, ", login_.tls_level);
    return subject;
}

// Finds the records again where the table has changed.
void Standing::look() const {
    uint64_t changes = relays_->table()->changes();
    if (seen_ == changes)
        return;
    seen_ = changes;
    record_ = relays_->table()->find(subject_.scope, subject_.key);
    if (subject_.scope == health::Scope::endpoint && !login_.key.empty())
        identity_ = relays_->table()->find(health::Scope::identity,
                                           base::text(subject_.key, "/", login_.key));
}

Record Standing::made() const {
    return relays_->table()->record(subject_, now());
}

health::View Standing::view() const {
    if (relays_ == nullptr)
        return {};
    look();
    return record_ ? record_->look(now(), settings_->rules) : health::View();
}

// `looked_after`: a prober sees to it, so that mail need not.
Fitness Standing::fitness_of(const Found& record, bool looked_after) const {
    using Use = health::View::Use;
    if (!record)
        return Fitness::good;
    relays_->tell(record->settle(now()));
    health::View view = record->look(now(), settings_->rules);
    if (view.barred())
        return Fitness::barred;
    Use use = view.use();
    if (use == Use::none)
        return Fitness::held;
    if (use == Use::probe) {
        return view.prober != 0 || looked_after ? Fitness::held : Fitness::probe;
    }
    std::optional<unsigned> room = room_of(view, settings_->rules);
    if (room && view.in_flight >= *room)
        return Fitness::full;
    return use == Use::slow ? Fitness::slow : Fitness::good;
}

Fitness Standing::fitness() const {
    if (relays_ == nullptr)
        return Fitness::good;
    look();
    bool looked_after = subject_.configured && relays_->probed_actively();
    return std::max(fitness_of(record_, looked_after), login_fitness());
}

Fitness Standing::login_fitness() const {
    if (relays_ == nullptr)
        return Fitness::good;
    look();
    Fitness fitness = fitness_of(identity_, false);
    bool refused = fitness == Fitness::held &&
                   identity_->look(now(), settings_->rules).reason == Reason::auth_rejected;
    return refused ? Fitness::barred : fitness;
}

bool Standing::barred_by_login() const {
    if (relays_ == nullptr || login_fitness() != Fitness::barred)
        return false;
    return fitness_of(record_, subject_.configured && relays_->probed_actively()) <= Fitness::full;
}

base::Duration Standing::until_login() const {
    if (relays_ == nullptr || !identity_)
        return base::Duration(0);
    return std::max(identity_->look(now(), settings_->rules).until - now(), base::Duration(0));
}

// Of an exchanger it is the record of the policy that is down.
void Standing::overlook_policy() {
    if (relays_ == nullptr)
        return;
    look();
    bool of_policy = false;
    for (const Found* record : {&record_, &identity_}) {
        health::View seen = *record ? (*record)->look(now(), settings_->rules) : health::View();
        if (is_down(seen) && !is_of_policy(seen.reason))
            return;
        of_policy = of_policy || is_down(seen);
    }
    if (of_policy)
        relays_ = nullptr;
}

bool Standing::begin(Fitness as) {
    if (relays_ == nullptr)
        return true;
    look();
    if (subject_.configured && !record_)
        record_ = made();
    if (as == Fitness::probe) {
        constexpr base::Duration conversation = std::chrono::seconds(10);
        base::Duration time =
            settings_->probe_connect_timeout + settings_->probe_banner_timeout + conversation;
        for (const Found* record : {&record_, &identity_})
            if (fitness_of(*record, false) == Fitness::probe &&
                !(*record)->take_lease(::getpid(), time, now()))
                return false;
        probing_ = true;
    }
    if (!record_)
        return true;
    bool room = record_->begin(now(), settings_->rules);
    if (room)
        counted_ = record_;
    return room || as == Fitness::full || as == Fitness::held;
}

void Standing::end_probe() {
    if (!std::exchange(probing_, false))
        return;
    look();
    for (const Found* record : {&record_, &identity_})
        if (*record)
            (*record)->end_lease(::getpid());
}

// Of one that was down this is the sign that it is back; a score stays until mail is taken.
void Standing::ready(base::Duration took) {
    if (relays_ == nullptr)
        return;
    look();
    if (!std::exchange(ready_, true))
        relays_->begin(subject_.key);
    if (record_ && is_down(record_->look(now(), settings_->rules)))
        relays_->tell(record_->succeed(settings_->rules, now()));
    if (record_ && subject_.configured)
        record_->latency(health::Latency::greeting, took);
}

void Standing::succeeded() {
    if (relays_ == nullptr)
        return;
    look();
    for (const Found* record : {&record_, &identity_})
        if (*record)
            relays_->tell((*record)->succeed(settings_->rules, now()));
    end_probe();
}

Reason Standing::failed(Reason reason, std::string_view queue_id) {
    if (relays_ == nullptr)
        return reason;
    size_t others = relays_->connections(subject_.key) - (ready_ ? 1 : 0);
    if (may_be_crowded(reason) && others > 0)
        reason = Reason::crowded;
    std::optional<health::Scope> scope = health::row_of(reason).scope;
    bool of_policy = !login_.tls_level.empty() && is_of_policy(reason);
    bool of_identity = scope == health::Scope::identity || of_policy;
    if (scope == subject_.scope || of_identity) {
        Record record = of_identity ? relays_->table()->record(identity(), now()) : made();
        relays_->tell(record.fail(reason, settings_->rules, now(), number_of(queue_id)));
    }
    end_probe();
    return reason;
}

void Standing::transferred(base::Duration took, uint64_t bytes) {
    if (relays_ == nullptr || !subject_.configured)
        return;
    look();
    if (record_)
        record_->latency(health::Latency::transfer, health::per_size(took, bytes));
}

void Standing::eject_slow() {
    if (relays_ == nullptr)
        return;
    look();
    if (record_)
        relays_->tell(record_->eject_slow(settings_->rules, now()));
}

bool Standing::take_turn(base::Duration time) {
    if (relays_ == nullptr)
        return true;
    Record record = made();
    return record.look(now()).prober == 0 && record.take_lease(::getpid(), time, now());
}

base::Duration Standing::until_turn() const {
    health::View seen = view();
    return seen.prober == 0 ? base::Duration(0) : seen.lease_until - now();
}

void Standing::recovered(std::initializer_list<Reason> causes) {
    if (relays_ == nullptr)
        return;
    look();
    if (record_ && std::ranges::find(causes, view().reason) != causes.end())
        relays_->tell(record_->succeed(settings_->rules, now()));
}

void Standing::leave() {
    if (relays_ == nullptr)
        return;
    end_probe();
    if (counted_)
        counted_->end();
    counted_.reset();
    if (std::exchange(ready_, false))
        relays_->end(subject_.key);
}

}  // namespace smtp
