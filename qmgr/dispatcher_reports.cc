// What comes back from agents: hellos, reports, and the end of their connections.
#include <algorithm>
#include <csignal>
#include <exception>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/sleep.h"
#include "lib/ipc/agent_mark.h"
#include "qmgr/dispatcher.h"
#include "qmgr/log_lines.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

// Master knows at once when an agent dies; its word has as little way to go as the end of input.
constexpr base::Duration death_notice_limit = 1s;
constexpr base::Duration refresh_retry = 1s;
constexpr base::Duration mark_interval = 20ms;
constexpr uint32_t deaths_allowed = 2;

}  // namespace

// Stands in a list as long as it lives.
class Dispatcher::Listing {
  public:
    Listing(std::list<Lost*>& list, Lost& lost)
        : list_(list), place_(list.insert(list.end(), &lost)) {}
    ~Listing() { list_.erase(place_); }
    Listing(const Listing&) = delete;

  private:
    std::list<Lost*>& list_;
    std::list<Lost*>::iterator place_;
};

bool is_crash(int signal) {
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT || signal == SIGILL ||
           signal == SIGFPE;
}

void Dispatcher::greeted(Agent& agent, ipc::AgentHello hello) {
    for (auto& [name, service] : services_)
        for (auto& mine : service->pool.agents())
            if (mine.get() == &agent)
                service->pool.settled();
    for (ipc::InFlight& flight : hello.unreported) {
        if (restore(flight.id, agent))
            continue;
        Delivery delivery;
        delivery.id = flight.id;
        delivery.queue_id = std::move(flight.queue_id);
        delivery.recipients = std::move(flight.recipients);
        delivery.agent = &agent;
        ++agent.outstanding;
        ++foreign_;
        deliveries_.emplace(flight.id, std::move(delivery));
    }
    note_told(agent.pid());
    hello_.set();
    work_.set();
}

// A delivery of ours that we had lost sight of.
bool Dispatcher::restore(uint64_t id, Agent& agent) {
    for (Lost* lost : lost_) {
        auto found = std::find_if(lost->deliveries.begin(), lost->deliveries.end(),
                                  [id](const Delivery& each) { return each.id == id; });
        if (found == lost->deliveries.end())
            continue;
        found->agent = &agent;
        found->lane = nullptr;  // gone with the connection
        ++agent.outstanding;
        foreign_ += found->message == nullptr;
        deliveries_.emplace(id, std::move(*found));
        lost->deliveries.erase(found);
        return true;
    }
    return false;
}

void Dispatcher::note_told(pid_t pid) {
    for (Lost* lost : lost_)
        if (lost->pid == pid)
            lost->told = true;
}

io::Task<void> Dispatcher::adopt(io::Instant deadline) {
    for (;;) {
        std::vector<pid_t> marked = ipc::marked_agents(settings_->folders.root);
        std::set<pid_t> unheard(marked.begin(), marked.end());
        for (auto& [name, service] : services_)
            for (auto& agent : service->pool.agents())
                unheard.erase(agent->pid());
        if (unheard.empty() || io::loop().now() >= deadline)
            co_return;
        for (const std::string& transport : settings_->transports.speaking_smtp())
            service(transport).pool.open_another();
        hello_.clear();
        co_await hello_.wait(io::loop().now() + mark_interval);
    }
}

std::vector<uint32_t> Dispatcher::elsewhere(const std::string& queue_id) const {
    std::vector<uint32_t> found;
    if (foreign_ == 0)
        return found;
    for (auto& [id, delivery] : deliveries_)
        if (delivery.message == nullptr && delivery.queue_id == queue_id)
            found.insert(found.end(), delivery.recipients.begin(), delivery.recipients.end());
    return found;
}

void Dispatcher::reported(Agent& agent, ipc::DeliveryReport report) {
    auto found = deliveries_.find(report.id);
    if (found == deliveries_.end() || found->second.agent != &agent)
        return;
    Delivery delivery = std::move(found->second);
    deliveries_.erase(found);
    --agent.outstanding;
    feedback(delivery, report);
    bool foreign = delivery.message == nullptr;
    foreign_ -= foreign;
    Message* message = foreign ? events_.find(delivery.queue_id) : delivery.message;
    work_.set();
    if (message == nullptr)
        return;
    size_t decided = 0;
    auto has = [](const std::vector<uint32_t>& list, uint32_t index) {
        return std::find(list.begin(), list.end(), index) != list.end();
    };
    for (mail::Outcome& outcome : report.outcomes) {
        if (!has(delivery.recipients, outcome.recipient))
            continue;
        if (message->trace != Trace::none || !has(report.told_by_next_host, outcome.recipient))
            tell_of(*message, outcome);
        decided += apply(*message, std::move(outcome), foreign);
    }
    if (delivery.destination != nullptr && any_left(*message, delivery.recipients))
        note_hop(*message, *delivery.service, *delivery.destination);
    // An agent that says nothing of a recipient has not delivered it: that is a deferral.
    decide(*message, foreign ? decided : delivery.recipients.size());
}

bool Dispatcher::any_left(const Message& message, const std::vector<uint32_t>& recipients) {
    return std::any_of(recipients.begin(), recipients.end(), [&message](uint32_t index) {
        return index < message.recipients.size() && message.recipients[index].pending();
    });
}

// Keeps a delivery that the sender is to hear of.
void Dispatcher::tell_of(Message& message, const mail::Outcome& outcome) const {
    if (outcome.status != mail::Status::sent || outcome.recipient >= message.recipients.size() ||
        message.sender.empty())
        return;
    const Recipient& recipient = message.recipients[outcome.recipient];
    bool asked = (recipient.envelope.notify & mail::notify_success) != 0;
    if (!recipient.pending() || (!asked && message.trace == Trace::none))
        return;
    message.told.push_back(outcome);
    mail::Outcome& told = message.told.back();
    size_t end_of_name = told.relay.find('[');
    if (end_of_name == told.relay.npos)
        return;  // nobody else had it
    told.remote_mta = told.relay.substr(0, end_of_name);
    told.diagnostic = told.reason;
    told.reason = base::text("delivery via ", told.relay, ": ", told.diagnostic);
}

// How much of Message::undecided this outcome settles.
size_t Dispatcher::apply(Message& message, mail::Outcome outcome, bool foreign) {
    if (outcome.recipient >= message.recipients.size())
        return 0;
    Recipient& recipient = message.recipients[outcome.recipient];
    bool counted = !foreign || recipient.elsewhere;
    recipient.elsewhere = false;
    if (!recipient.pending())
        return counted;
    if (outcome.status == mail::Status::sent) {
        recipient.last.reset();
        events_.delivered(message, outcome.recipient);
    } else {
        if (softened(outcome)) {
            outcome.status = mail::Status::deferred;
            outcome.dsn.klass = 4;
        }
        recipient.last = std::make_unique<mail::Outcome>(std::move(outcome));
    }
    return counted;
}

bool Dispatcher::softened(const mail::Outcome& outcome) const {
    return outcome.status == mail::Status::bounced && settings_->soft_bounce;
}

void Dispatcher::decide(Message& message, size_t recipients) {
    if (recipients == 0)
        return;
    message.undecided -= static_cast<uint32_t>(recipients);
    if (message.undecided == 0)
        events_.decided(message);
}

void Dispatcher::unavailable(const std::string& transport, const std::string& why) {
    log::transport_unavailable(transport, why);
    service(transport).unavailable = {
        "mail transport unavailable", {4, 3, 0}, io::loop().now() + settings_->transport_retry};
    hello_.set();
    work_.set();
}

void Dispatcher::gone(const std::string& transport, Agent& agent, const std::string& why) {
    Service& of = service(transport);
    if (of.alone == &agent)
        of.alone = nullptr;
    Lost lost;
    lost.pid = agent.pid();
    lost.service = &of;
    for (auto each = deliveries_.begin(); each != deliveries_.end();) {
        if (each->second.agent == &agent) {
            foreign_ -= each->second.message == nullptr;
            lost.deliveries.push_back(std::move(each->second));
            each = deliveries_.erase(each);
        } else {
            ++each;
        }
    }
    for (Delivery& delivery : lost.deliveries)
        if (delivery.lane != nullptr)
            of.transport.ended(*delivery.lane, io::loop().now());
    of.transport.drop_agent(agent);
    work_.set();
    if (lost.deliveries.empty())
        return;
    log::agent_lost(transport, why, lost.deliveries.size());
    scope_.spawn(recover(std::move(lost)));
}

// An agent that lives goes on with what it was asked for, and names it over its next connection. It
// has its mark as long as it does.
io::Task<void> Dispatcher::until_known(Lost& lost) {
    try {
        while (!lost.told && !lost.deliveries.empty() && !stopped_) {
            std::vector<pid_t> marked = ipc::marked_agents(settings_->folders.root);
            if (std::find(marked.begin(), marked.end(), lost.pid) == marked.end())
                break;
            hello_.clear();
            co_await hello_.wait(io::loop().now() + mark_interval);
            lost.service->pool.open_another();
        }
    } catch (const base::SystemError& error) {
        log::spool_trouble("marks of agents", error.what());
    }
}

io::Task<void> Dispatcher::recover(Lost gone) {
    const Listing listing(lost_, gone);
    co_await until_known(gone);
    std::vector<Delivery>& lost = gone.deliveries;
    if (lost.empty())
        co_return;
    int signal = 0;
    if (!gone.told) {
        const int found = co_await deaths_.of(gone.pid, io::loop().now() + death_notice_limit);
        signal = found;
    }
    // Untold deliveries must not be made once more.
    while (!refresh(messages_of(lost)) && !stopped_)
        co_await io::sleep(refresh_retry);
    for (Message* message : messages_of(lost)) {
        if (!is_crash(signal))
            continue;
        ++message->deaths;
        message->solo = true;
        events_.crashed(*message);
    }
    for (Delivery& delivery : lost) {
        if (delivery.message != nullptr)
            retry(delivery);
        else
            retry_foreign(delivery);
    }
    work_.set();
}

std::set<Message*> Dispatcher::messages_of(const std::vector<Delivery>& deliveries) const {
    std::set<Message*> messages;
    for (const Delivery& delivery : deliveries) {
        Message* message = delivery.message;
        if (message == nullptr)
            message = events_.find(delivery.queue_id);
        if (message != nullptr)
            messages.insert(message);
    }
    return messages;
}

bool Dispatcher::refresh(const std::set<Message*>& messages) {
    return std::all_of(messages.begin(), messages.end(),
                       [this](Message* message) { return events_.refresh(*message); });
}

void Dispatcher::retry(Delivery& lost) {
    Message& message = *lost.message;
    Entry entry{&message, std::move(lost.recipients), lost.configured};
    if (message.deaths > deaths_allowed)
        decide(message, entry.recipients.size());
    else if (message.solo)
        lost.service->solo.push_back({lost.destination, std::move(entry)});
    else
        lost.service->transport.add(*lost.destination, entry);
}

// Nobody here knows where it was going: the message goes through routing again.
void Dispatcher::retry_foreign(const Delivery& lost) {
    Message* message = events_.find(lost.queue_id);
    if (message == nullptr)
        return;
    size_t decided = 0;
    for (uint32_t index : lost.recipients) {
        if (index >= message->recipients.size() || !message->recipients[index].elsewhere)
            continue;
        message->recipients[index].elsewhere = false;
        message->recipients[index].again = true;
        ++decided;
    }
    decide(*message, decided);
}

}  // namespace qmgr
