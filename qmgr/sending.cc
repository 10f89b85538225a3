// Where the recipients of an attempt go: routing, and who gets which of them.
#include "lib/base/text.h"
#include "lib/io/sleep.h"
#include "qmgr/in_place.h"
#include "qmgr/queue_manager.h"

namespace qmgr {

namespace {

// Routed before everything else on the loop gets its turn.
constexpr size_t recipients_a_turn = 256;

mail::Outcome refusal(const mail::Dsn& dsn, std::string_view reason) {
    mail::Outcome outcome;
    outcome.status = dsn.klass == 5 ? mail::Status::bounced : mail::Status::deferred;
    outcome.dsn = dsn;
    outcome.reason = reason;
    outcome.relay = "none";
    return outcome;
}

// The same for all that go the same way.
std::string name_of(const route::Routed& routed, const Recipient& recipient) {
    if (routed.route)
        return base::text(routed.route->transport, ':', base::lower(routed.route->nexthop),
                          routed.route->configured() ? "\n" : "\n\n",
                          recipient.last != nullptr ? recipient.last->ask_first : "");
    return base::text(' ', routed.unroutable.dsn.text(), routed.unroutable.reason);
}

}  // namespace

// The message stays where it is until all recipients are decided, and none of these is before the
// end of this.
io::Task<void> QueueManager::send(Message& message, std::vector<uint32_t> recipients) {
    if (!message.refused.empty()) {
        dispatcher_.decide_here(message, recipients, return_to_sender(message.refused));
        co_return;
    }
    co_await routing_.acquire();
    const io::Permit permit(routing_);
    // A reload may put another in its place meanwhile; who has begun with this one ends with it.
    const std::shared_ptr<const route::Router> router = router_;
    Ways ways;
    size_t turn = 0;
    for (uint32_t index : recipients) {
        std::string address = message.recipients[index].envelope.address;
        if (!message.filter.empty()) {
            enter(ways, message, index, router->through(message.filter, address));
            continue;
        }
        route::Routed routed = co_await router->route(message.sender, address);
        enter(ways, message, index, std::move(routed));
        if (++turn % recipients_a_turn == 0)
            co_await io::yield();
    }
    for (const Way& way : ways.list)
        send(message, way);
}

// Recipients that go the same way go together, in the order of the first of each.
void QueueManager::enter(Ways& ways, Message& message, uint32_t index, route::Routed routed) {
    std::string name = name_of(routed, message.recipients[index]);
    mail::Recipient& recipient = message.recipients[index].envelope;
    if (routed.route && routed.route->recipient != recipient.address) {
        std::string before = std::exchange(recipient.address, std::move(routed.route->recipient));
        if (recipient.original.empty())
            recipient.original = std::move(before);
    }
    auto [place, fresh] = ways.by_name.try_emplace(std::move(name), ways.list.size());
    if (fresh)
        ways.list.push_back({std::move(routed.route), std::move(routed.unroutable), {}});
    ways.list[place->second].recipients.push_back(index);
}

void QueueManager::send(Message& message, const Way& way) {
    const std::vector<uint32_t>& recipients = way.recipients;
    if (!way.to) {
        dispatcher_.decide_here(message, recipients, refusal(way.nowhere.dsn, way.nowhere.reason));
        return;
    }
    const std::string& transport = way.to->transport;
    if (settings_.defer_transports.contains(transport) && !message.flushed) {
        dispatcher_.decide_here(message, recipients, refusal({4, 3, 2}, "deferred transport"));
        return;
    }
    std::string_view command = settings_.transports.command(transport);
    if (auto outcome = deliver_in_place(command, transport, way.to->nexthop))
        dispatcher_.decide_here(message, recipients, *outcome);
    else
        dispatcher_.add(transport, base::lower(way.to->nexthop),
                        {&message, recipients, way.to->configured()});
}

}  // namespace qmgr
