#include "qmgr/dispatcher.h"

#include <algorithm>
#include <array>

#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/io/sleep.h"
#include "lib/ipc/agent_mark.h"
#include "qmgr/log_lines.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

// Entries handled before everything else on the loop gets its turn.
constexpr size_t at_a_time = 256;
// With so many requests each, agents get help if there are more of them.
constexpr size_t much_for_an_agent = 16;
// What is learned of a destination is kept so long without mail for it.
constexpr base::Duration memory_of_idle = 5min;

// What is wrong there is TLS, of which the message has no need: it is not offered, or fails (RFC
// 3463 section 3.8), or is short of what was demanded (RFC 8689). Other codes of that kind are
// refusals.
bool is_overcome(const Suspension& suspension, const Entry& entry) {
    constexpr std::array<int, 3> of_tls{4, 5, 10};
    return suspension.dsn.subject == 7 &&
           std::ranges::find(of_tls, suspension.dsn.detail) != of_tls.end() &&
           entry.message->tls_wish == mail::TlsWish::optional;
}

}  // namespace

Dispatcher::Dispatcher(const Settings& settings, Events events, Deaths& deaths, io::Scope& scope)
    : settings_(&settings),
      events_(std::move(events)),
      deaths_(deaths),
      scope_(scope),
      next_id_(base::random_number()) {}

Dispatcher::Service& Dispatcher::service(const std::string& transport) {
    auto& found = services_[transport];
    if (!found) {
        AgentPool::Events events;
        events.listener = this;
        events.gone = [this, transport](Agent& agent, const std::string& why) {
            gone(transport, agent, why);
        };
        events.unavailable = [this, transport](const std::string& why) {
            unavailable(transport, why);
        };
        std::string socket = settings_->folders.root + "/private/" + transport;
        found = std::make_unique<Service>(transport, settings_->limits(transport),
                                          std::move(events), socket, scope_);
    }
    return *found;
}

void Dispatcher::add(const std::string& transport, const std::string& nexthop, const Entry& entry) {
    Service& to = service(transport);
    Destination& destination = to.transport.destination(nexthop);
    if (entry.message->solo)
        to.solo.push_back({&destination, entry});
    else
        to.transport.add(destination, entry);
    work_.set();
}

void Dispatcher::configure(const Settings& settings) {
    settings_ = &settings;
    for (auto& [name, service] : services_)
        service->transport.set_limits(settings.limits(name));
    work_.set();
}

void Dispatcher::tidy() {
    std::set<const Destination*> in_use;
    for (const auto& [id, delivery] : deliveries_)
        in_use.insert(delivery.destination);
    for (const Lost* lost : lost_)
        for (const Delivery& delivery : lost->deliveries)
            in_use.insert(delivery.destination);
    for (const auto& [name, service] : services_)
        for (const Transport::Held& held : service->solo)
            in_use.insert(held.destination);
    for (auto& [name, service] : services_)
        service->transport.forget_idle(in_use, io::loop().now() - memory_of_idle);
}

void Dispatcher::stop() {
    stopped_ = true;
    work_.set();
}

void Dispatcher::resume_all() {
    for (auto& [name, service] : services_) {
        service->unavailable.until = base::Instant::min();
        service->transport.resume_due(io::loop().now(), true);
    }
    work_.set();
}

io::Task<void> Dispatcher::run() {
    for (;;) {
        io::Instant wake = base::never;
        for (auto& [name, service] : services_)
            wake = std::min(wake, service->transport.resume_due(io::loop().now()));
        work_.clear();
        bool more = step();
        if (more)
            co_await io::yield();
        else
            co_await work_.wait(wake);
    }
}

// True when there is more to do at once.
bool Dispatcher::step() {
    bool more = false;
    for (auto& [name, service] : services_) {
        more |= clear_waiting(*service);
        if (stopped_)
            continue;
        send_solo(*service);
        more |= send_some(*service) == at_a_time;
        want_agents(*service);
    }
    return more;
}

// Decides what waits for destinations that are suspended; all, when nothing is sent any more.
bool Dispatcher::clear_waiting(Service& service) {
    bool gone = service.unavailable.until > io::loop().now();
    auto held = service.transport.take_waiting(at_a_time, gone || stopped_);
    if (stopped_)
        std::move(service.solo.begin(), service.solo.end(), std::back_inserter(held));
    if (stopped_)
        service.solo.clear();
    for (auto& [destination, entry] : held) {
        const Suspension* suspension = destination->suspended();
        bool goes = !gone && !stopped_ && suspension != nullptr && is_overcome(*suspension, entry);
        if (goes) {
            service.solo.push_back({destination, std::move(entry)});
            continue;
        }
        if (gone)
            suspension = &service.unavailable;
        if (suspension == nullptr) {
            decide(*entry.message, entry.recipients.size());
            continue;
        }
        note_hop(*entry.message, service, *destination);
        mail::Outcome outcome;
        outcome.dsn = suspension->dsn;
        outcome.reason =
            gone ? suspension->reason : "delivery temporarily suspended: " + suspension->reason;
        outcome.relay = "none";
        decide_here(*entry.message, entry.recipients, outcome);
    }
    return held.size() >= at_a_time;
}

// The message waits for this next hop now.
void Dispatcher::note_hop(Message& message, const Service& service,
                          const Destination& destination) {
    std::string hop = base::text(service.transport.name(), ':', destination.nexthop());
    if (std::find(message.hops.begin(), message.hops.end(), hop) == message.hops.end())
        message.hops.push_back(std::move(hop));
}

Destination* Dispatcher::find(std::string_view hop) {
    size_t colon = hop.find(':');
    auto service = services_.find(hop.substr(0, colon));
    if (colon == hop.npos || service == services_.end())
        return nullptr;
    return service->second->transport.find(hop.substr(colon + 1));
}

void Dispatcher::resume(std::string_view hop) {
    auto service = services_.find(hop.substr(0, hop.find(':')));
    if (service == services_.end())
        return;
    service->second->unavailable.until = base::Instant::min();
    if (Destination* destination = find(hop))
        service->second->transport.resume(*destination);
    work_.set();
}

bool Dispatcher::has_room(std::string_view hop) {
    Destination* destination = find(hop);
    return destination == nullptr || destination->has_room();
}

void Dispatcher::decide_here(Message& message, const std::vector<uint32_t>& recipients,
                             const mail::Outcome& outcome) {
    for (uint32_t index : recipients) {
        Recipient& recipient = message.recipients[index];
        if (!recipient.pending())
            continue;
        log::not_sent(message, recipient, outcome, softened(outcome));
        mail::Outcome own = outcome;
        own.recipient = index;
        tell_of(message, own);
        apply(message, std::move(own), false);
    }
    decide(message, recipients.size());
}

// Takes out recipients that need nothing any more; true when some are left.
bool Dispatcher::prune(Entry& entry) {
    Message& message = *entry.message;
    size_t before = entry.recipients.size();
    std::erase_if(entry.recipients,
                  [&message](uint32_t index) { return !message.recipients[index].pending(); });
    bool left = !entry.recipients.empty();
    if (before != entry.recipients.size())
        decide(message, before - entry.recipients.size());
    return left;
}

size_t Dispatcher::send_some(Service& service) {
    size_t sent = 0;
    for (; sent < at_a_time; ++sent) {
        Agent* spare = service.pool.least_loaded();
        if (spare == nullptr)
            break;
        std::optional<Pick> pick = service.transport.next(io::loop().now());
        if (!pick)
            break;
        Lane& lane = *pick->lane;
        if (!prune(pick->entry)) {
            service.transport.ended(lane, io::loop().now());
            continue;
        }
        if (lane.agent == nullptr || !lane.agent->takes_requests())
            lane.agent = spare;
        send(service, std::move(pick->entry), &lane, lane.destination, *lane.agent);
    }
    return sent;
}

// One message at a time, with an agent that has nothing else.
void Dispatcher::send_solo(Service& service) {
    while (!service.solo.empty()) {
        if (service.alone == nullptr) {
            service.alone = service.pool.least_loaded();
            if (service.alone == nullptr)
                return;
            service.alone->reserved = true;
        }
        if (service.alone->outstanding > 0)
            return;
        auto [destination, entry] = std::move(service.solo.front());
        service.solo.pop_front();
        if (prune(entry))
            send(service, std::move(entry), nullptr, *destination, *service.alone);
    }
    if (service.alone != nullptr && service.alone->outstanding == 0)
        std::exchange(service.alone, nullptr)->reserved = false;
}

void Dispatcher::want_agents(Service& service) {
    bool wanted = service.transport.has_next() || !service.solo.empty();
    if (!wanted || service.unavailable.until > io::loop().now())
        return;
    size_t outstanding = 0;
    size_t taking = 0;
    for (auto& agent : service.pool.agents()) {
        outstanding += agent->outstanding;
        taking += agent->takes_requests();
    }
    bool much = outstanding >= much_for_an_agent * taking && taking < settings_->agents;
    if (taking == 0 || much)
        service.pool.open_another();
}

void Dispatcher::feedback(Delivery& delivery, const ipc::DeliveryReport& report) {
    io::Instant now = io::loop().now();
    if (Destination* destination = delivery.destination) {
        if (report.destination_trouble.empty()) {
            destination->succeeded();
        } else {
            bool known = report.trouble_for.count() > 0;
            auto pause = known ? report.trouble_for : settings_->backoff.minimal;
            Suspension trouble{report.destination_trouble, report.trouble_dsn, now + pause};
            Transport& transport = delivery.service->transport;
            if (known)
                transport.suspend(*destination, std::move(trouble));
            else
                transport.failed(*destination, std::move(trouble));
        }
    }
    if (delivery.lane != nullptr)
        delivery.service->transport.ended(*delivery.lane, now);
}

void Dispatcher::send(Service& service, Entry entry, Lane* lane, Destination& destination,
                      Agent& agent) {
    Message& message = *entry.message;
    ipc::DeliveryRequest request;
    request.id = next_id_++;
    request.lane = lane != nullptr ? lane->id : next_solo_lane_++;
    request.queue_id = message.queue_id;
    request.message = message.place;
    request.sender = message.sender;
    request.size = message.size;
    request.encoding = message.encoding;
    request.tls_wish = message.tls_wish;
    request.has_leading_dots = message.has_leading_dots;
    request.nexthop = destination.nexthop();
    request.configured = entry.configured;
    // Where recipients differ in it they are no entry of one way.
    if (const auto& last = message.recipients[entry.recipients.front()].last)
        request.ask_first = last->ask_first;
    for (uint32_t index : entry.recipients) {
        const Recipient& to = message.recipients[index];
        request.recipients.push_back({index, to.envelope.address, to.envelope.original, to.mark,
                                      to.envelope.notify, to.envelope.orcpt});
    }
    request.arrival = message.arrival;
    request.active_since = message.active_since;
    request.attempts = message.attempts;
    request.dsn_envid = message.dsn_envid;
    request.dsn_ret = message.dsn_ret;
    request.probe = message.trace == Trace::probe;
    agent.request(request);
    ++agent.outstanding;
    Delivery delivery;
    delivery.id = request.id;
    delivery.message = &message;
    delivery.recipients = std::move(entry.recipients);
    delivery.configured = entry.configured;
    delivery.lane = lane;
    delivery.destination = &destination;
    delivery.service = &service;
    delivery.agent = &agent;
    deliveries_.emplace(request.id, std::move(delivery));
}

}  // namespace qmgr
