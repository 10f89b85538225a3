// The return of next hops: what waits for which, as far as it is known, and its release.
#include <algorithm>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "qmgr/in_place.h"
#include "qmgr/queue_manager.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration release_interval = 100ms;
constexpr base::Duration look_interval = 250ms;
constexpr base::Duration idle_interval = 1s;
// Files whose next hops are learned at a time: one batch a second while nobody waits for it.
constexpr size_t learned_at_once = 50;
constexpr base::Duration learn_interval = 1s;
// A command is not kept waiting for longer; what is found later goes as well.
constexpr base::Duration patience = 5s;
constexpr base::Duration patience_interval = 50ms;

// "smtp:[a]:587" is wanted by its name, by "[a]:587" and by "smtp".
bool is_wanted(std::string_view hop, std::string_view wanted) {
    size_t colon = hop.find(':');
    return base::equal_nocase(hop, wanted) || base::equal_nocase(hop.substr(0, colon), wanted) ||
           base::equal_nocase(hop.substr(colon + 1), wanted);
}

bool waits_for(const Message& message, std::string_view wanted) {
    return std::any_of(message.hops.begin(), message.hops.end(),
                       [wanted](const std::string& hop) { return is_wanted(hop, wanted); });
}

}  // namespace

Returns::Events QueueManager::return_events() {
    Returns::Events events;
    events.resume = [this](const std::string& hop) { dispatcher_.resume(hop); };
    events.has_room = [this](const std::string& hop) { return dispatcher_.has_room(hop); };
    events.rate = [this](const std::string& hop) { return rate_of(hop); };
    return events;
}

// Asked ten times a second; until a table has answered it is the usual one.
double QueueManager::rate_of(const std::string& hop) {
    auto [known, fresh] = known_rates_.try_emplace(hop, rates_->usual(hop));
    double rate = known->second;
    if (fresh)
        scope_.spawn(learn_rate(hop, rates_));
    return rate;
}

io::Task<void> QueueManager::learn_rate(std::string hop, Rates rates) {
    const double rate = co_await rates->of(hop);
    auto known = known_rates_.find(hop);
    if (known != known_rates_.end() && rates == rates_)
        known->second = rate;
}

io::Task<void> QueueManager::watch_returns() {
    for (;;) {
        io::Loop& loop = io::loop();
        returns_.look(loop.now(), loop.wall());
        if (!stopping_ && returns_.release(loop.now(), loop.wall()) > 0)
            time_changed_.set();
        if (returns_.busy())
            learning_.set();
        else
            known_rates_.clear();
        bool idle = messages_.empty() && timetable_.size() == 0;
        base::Duration pause = idle ? idle_interval : look_interval;
        co_await io::sleep(returns_.busy() ? release_interval : pause);
    }
}

io::Task<void> QueueManager::learn_hops() {
    for (;;) {
        if (timetable_.unknown() == 0 || stopping_)
            orders_.clear();
        bool wanted = returns_.busy() || !orders_.empty();
        bool some = timetable_.unknown() > 0 && (wanted || returns_.watches()) && !stopping_;
        if (some)
            co_await learn_some();
        learning_.clear();
        if (some && wanted)
            co_await io::yield();
        else
            co_await learning_.wait(io::loop().now() + learn_interval);
    }
}

QueueManager::Question QueueManager::question_of(const Message& message) {
    Question question;
    question.id = message.queue_id;
    question.sender = message.sender;
    question.filter = message.filter;
    question.arrival = message.arrival;
    for (const Recipient& recipient : message.recipients)
        if (recipient.pending())
            question.recipients.push_back(recipient.envelope.address);
    return question;
}

io::Task<void> QueueManager::learn_some() {
    std::vector<Question> questions;
    std::vector<std::string> filed;
    for (std::string& id : timetable_.take_unknown(learned_at_once)) {
        auto found = messages_.find(id);
        if (found != messages_.end())
            questions.push_back(question_of(*found->second));
        else
            filed.push_back(std::move(id));
    }
    std::vector<QueueFiles::Peeked> peeked = co_await files_.peek(std::move(filed));
    for (const QueueFiles::Peeked& message : peeked)
        questions.push_back(question_of(*message));
    for (const Question& question : questions) {
        Hops hops = co_await hops_of(question);
        bool ordered = is_ordered(hops);
        timetable_.learn(question.id, question.arrival, std::move(hops));
        if (ordered)
            flush(question.id);
    }
    timetable_.end_learning();
}

// Where its recipients go now, but for those that go nowhere.
io::Task<Hops> QueueManager::hops_of(const Question& question) {
    co_await routing_.acquire();
    const io::Permit permit(routing_);
    const std::shared_ptr<const route::Router> router = router_;
    Hops hops;
    for (const std::string& address : question.recipients) {
        route::Routed routed = router->through(question.filter, address);
        if (question.filter.empty()) {
            route::Routed found = co_await router->route(question.sender, address);
            routed = std::move(found);
        }
        if (!routed.route)
            continue;
        const route::Route& to = *routed.route;
        std::string_view command = settings_.transports.command(to.transport);
        if (deliver_in_place(command, to.transport, to.nexthop))
            continue;
        std::string hop = base::text(to.transport, ':', base::lower(to.nexthop));
        if (std::find(hops.begin(), hops.end(), hop) == hops.end())
            hops.push_back(std::move(hop));
    }
    co_return std::move(hops);
}

// Whether a command waits for such mail, which counts it.
bool QueueManager::is_ordered(const Hops& hops) {
    bool ordered = false;
    for (const auto& order : orders_) {
        bool fits = std::any_of(hops.begin(), hops.end(), [&order](const std::string& hop) {
            return is_wanted(hop, order->wanted);
        });
        order->found += fits;
        ordered = ordered || fits;
    }
    return ordered;
}

size_t QueueManager::flush_known(const std::string& wanted) {
    size_t count = 0;
    flushed_at_ = io::loop().wall();
    for (const std::string& hop : timetable_.hops()) {
        if (!is_wanted(hop, wanted))
            continue;
        dispatcher_.resume(hop);
        count += timetable_.hurry(hop, flushed_at_, SIZE_MAX);
    }
    for (auto& [id, message] : messages_)
        if (message->stage == Stage::settling && waits_for(*message, wanted))
            count += !std::exchange(message->asked, true);
    time_changed_.set();
    return count;
}

// All of it at once, as other flushes: it is who gave the command that knows what it is good for.
io::Task<size_t> QueueManager::flush_nexthop(std::string wanted) {
    size_t known = flush_known(wanted);
    if (timetable_.unknown() == 0)
        co_return known;
    auto order = std::make_shared<Order>();
    order->wanted = std::move(wanted);
    orders_.push_back(order);
    learning_.set();
    auto until = io::loop().now() + patience;
    auto open = [this, &order] {
        return std::find(orders_.begin(), orders_.end(), order) != orders_.end();
    };
    while (open() && io::loop().now() < until)
        co_await io::sleep(patience_interval);
    co_return known + order->found;
}

}  // namespace qmgr
