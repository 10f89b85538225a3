// Dispatcher hands recipients of active messages to agents, and takes their reports.
//
// A message given to it by add() comes back through Events::decided once every recipient was
// reported on, by an agent or (destination suspended, transport gone) by the dispatcher itself.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/io/event.h"
#include "lib/io/scope.h"
#include "qmgr/agent_pool.h"
#include "qmgr/deaths.h"
#include "qmgr/settings.h"
#include "qmgr/transport.h"

namespace qmgr {

class Dispatcher : private AgentListener {
  public:
    struct Events {
        // Every recipient of this attempt has its outcome in the message.
        std::function<void(Message&)> decided;
        // Reads the states of the recipients anew: an agent may have marked them and died before
        // it told. False when they cannot be read now.
        std::function<bool(Message&)> refresh;
        // The agent says so.
        std::function<void(Message&, uint32_t recipient)> delivered;
        // An agent crashed while it had this message.
        std::function<void(Message&)> crashed;
        // The message that an earlier qmgr gave to an agent; null when it is not known (yet).
        std::function<Message*(const std::string& queue_id)> find;
    };

    Dispatcher(const Settings& settings, Events events, Deaths& deaths, io::Scope& scope);

    // What `entry` has goes to this next hop; the caller has set Message::undecided.
    void add(const std::string& transport, const std::string& nexthop, const Entry& entry);
    // Decides recipients without an agent, as the error and discard services of Postfix do.
    void decide_here(Message& message, const std::vector<uint32_t>& recipients,
                     const mail::Outcome& outcome);

    // Sends what can be sent, for ever.
    io::Task<void> run();
    // Nothing more is sent; entries that wait are deferred silently, reports are still taken.
    void stop();
    void resume_all();
    // Next hops as Timetable has them. The end of a suspension before its time:
    void resume(std::string_view hop);
    // Whether another message would be under way before long.
    bool has_room(std::string_view hop);
    // Forgets destinations that have had no mail for a while: once a minute or so.
    void tidy();
    // After a reload.
    void configure(const Settings& settings);

    // Hears all agents that have deliveries of an earlier qmgr, until `deadline`.
    io::Task<void> adopt(io::Instant deadline);
    // Recipients (indices) of this message that an agent has in flight for an earlier qmgr.
    std::vector<uint32_t> elsewhere(const std::string& queue_id) const;
    size_t in_flight() const { return deliveries_.size(); }

  private:
    struct Service {
        Service(std::string name, const TransportLimits& limits, AgentPool::Events events,
                const std::string& socket, io::Scope& scope)
            : transport(std::move(name), limits), pool(socket, std::move(events), scope) {}
        Transport transport;
        AgentPool pool;
        Suspension unavailable{"", {4, 3, 0}, base::Instant::min()};
        std::deque<Transport::Held> solo;
        Agent* alone = nullptr;  // reserved for `solo`
    };
    struct Delivery {
        uint64_t id = 0;  // of the request
        // Null, with the rest below it, for one that an earlier qmgr asked for.
        Message* message = nullptr;
        Service* service = nullptr;
        Destination* destination = nullptr;
        Lane* lane = nullptr;  // null also when it is tried alone
        std::string queue_id;  // only where `message` is null
        std::vector<uint32_t> recipients;
        bool configured = false;
        Agent* agent = nullptr;
    };
    // What an agent had whose connection ended, until it is known that it does not go on with it.
    struct Lost {
        pid_t pid = 0;
        Service* service = nullptr;
        std::vector<Delivery> deliveries;
        bool told = false;  // the agent has connected again and named those that it still has
    };

    class Listing;

    void greeted(Agent& agent, ipc::AgentHello hello) override;
    void reported(Agent& agent, ipc::DeliveryReport report) override;

    Service& service(const std::string& transport);
    Destination* find(std::string_view hop);
    static void note_hop(Message& message, const Service& service, const Destination& destination);
    static bool any_left(const Message& message, const std::vector<uint32_t>& recipients);
    bool step();
    size_t send_some(Service& service);
    void send_solo(Service& service);
    void want_agents(Service& service);
    void send(Service& service, Entry entry, Lane* lane, Destination& destination, Agent& agent);
    bool prune(Entry& entry);
    bool clear_waiting(Service& service);
    void feedback(Delivery& delivery, const ipc::DeliveryReport& report);
    void tell_of(Message& message, const mail::Outcome& outcome) const;
    size_t apply(Message& message, mail::Outcome outcome, bool foreign);
    // soft_bounce makes a deferral of it.
    bool softened(const mail::Outcome& outcome) const;
    void decide(Message& message, size_t recipients);
    void gone(const std::string& transport, Agent& agent, const std::string& why);
    bool restore(uint64_t id, Agent& agent);
    void note_told(pid_t pid);
    io::Task<void> until_known(Lost& lost);
    io::Task<void> recover(Lost lost);
    std::set<Message*> messages_of(const std::vector<Delivery>& deliveries) const;
    bool refresh(const std::set<Message*>& messages);
    void retry(Delivery& lost);
    void retry_foreign(const Delivery& lost);
    void unavailable(const std::string& transport, const std::string& why);

    const Settings* settings_;
    Events events_;
    Deaths& deaths_;
    io::Scope& scope_;
    std::map<std::string, std::unique_ptr<Service>, std::less<>> services_;
    std::unordered_map<uint64_t, Delivery> deliveries_;
    std::list<Lost*> lost_;  // owned by the tasks that recover them
    uint64_t next_id_;
    uint32_t next_solo_lane_ = 1u << 31;
    size_t foreign_ = 0;  // deliveries of an earlier qmgr
    io::Event work_;
    io::Event hello_;
    bool stopped_ = false;
};

}  // namespace qmgr
