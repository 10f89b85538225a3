// QueueManager owns every message in memory, from the moment it is read to its end.
//
// A message comes from the log or from a queue file (intake.cc), is active until each recipient of
// the attempt is decided, and is then settled (settling.cc): reports, the next attempt, the move
// into a file, or its removal. All of it runs on one loop; what blocks is done by threads.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/io/event.h"
#include "lib/io/scope.h"
#include "lib/io/semaphore.h"
#include "lib/route/router.h"
#include "lib/spool/content_sweep.h"
#include "lib/spool/job_thread.h"
#include "lib/spool/mover.h"
#include "lib/spool/status_area.h"
#include "qmgr/bounce_client.h"
#include "qmgr/deaths.h"
#include "qmgr/dispatcher.h"
#include "qmgr/journal.h"
#include "qmgr/log_follower.h"
#include "qmgr/message.h"
#include "qmgr/queue_files.h"
#include "qmgr/reception.h"
#include "qmgr/return_rates.h"
#include "qmgr/returns.h"
#include "qmgr/settings.h"
#include "qmgr/timetable.h"

namespace qmgr {

class QueueManager : public Desk {
  public:
    // Throws base::SystemError when the queue directory cannot be used.
    // Shared: what is being routed when a reload replaces it goes on with it.
    using Router = std::shared_ptr<const route::Router>;
    // Shared for the same reason.
    using Rates = std::shared_ptr<ReturnRates>;
    // `health`, if there is one, outlives it.
    QueueManager(const Settings& settings, Router router, Rates rates,
                 spool::Disk& disk = spool::real_disk(), const health::Table* health = nullptr);
    ~QueueManager();  // waits for what the threads have under way

    // Finds what is queued and hears the agents of an earlier qmgr; then everything runs in
    // scope().
    io::Task<void> start();
    io::Scope& scope() { return scope_; }

    void rung(const std::vector<ipc::Ring>& rings) override { log_.rung(rings); }
    void trigger(char what) override;
    io::Task<ipc::ControlAnswer> control(ipc::ControlRequest request) override;
    void died(pid_t pid, int signal) { deaths_.note(pid, signal); }
    void configure(const Settings& settings, Router router, Rates rates);

    // Starts no delivery any more and moves all of the log into files.
    io::Task<void> drain();
    // The end: makes durable what is known, gives segments back.
    io::Task<void> close();

    size_t messages() const { return messages_.size(); }

  private:
    using State = spool::RecipientState;

    // Intake.
    Dispatcher::Events dispatch_events();
    LogFollower::Events log_events();
    bool room() const { return messages_.size() + loads_.size() < settings_.active_limit; }
    // Those that wait until the log is read must not keep it from being read.
    bool room_for_log() const {
        return messages_.size() + loads_.size() - behind_ < settings_.active_limit;
    }
    void record(spool::Record record, const std::vector<State>& states, SegmentFollower& follower);
    bool recover(Message& message, const std::vector<State>& states);
    Message& keep(std::unique_ptr<Message> message);
    void take_up(Message& message);
    void activate(Message& message);

    // Sending.
    struct Way {
        std::optional<route::Route> to;
        route::Unroutable nowhere;
        std::vector<uint32_t> recipients;
    };
    struct Ways {
        std::vector<Way> list;
        std::unordered_map<std::string, size_t> by_name;
    };
    io::Task<void> send(Message& message, std::vector<uint32_t> recipients);
    void enter(Ways& ways, Message& message, uint32_t index, route::Routed routed);
    void send(Message& message, const Way& way);

    // Files and the clock.
    io::Task<void> load(std::string id, bool flushed);
    void file_found(const QueueFiles::Found& file);
    io::Task<void> rescan();
    io::Task<void> watch_time();
    void start_due();

    // What waits for next hops, and their return.
    struct Question {
        std::string id;
        std::string sender;
        std::string filter;
        base::WallTime arrival{};
        std::vector<std::string> recipients;
    };
    static Question question_of(const Message& message);
    Returns::Events return_events();
    double rate_of(const std::string& hop);
    io::Task<void> learn_rate(std::string hop, Rates rates);
    io::Task<void> watch_returns();
    io::Task<void> learn_hops();
    io::Task<void> learn_some();
    io::Task<Hops> hops_of(const Question& question);
    bool is_ordered(const Hops& hops);
    size_t flush_known(const std::string& wanted);
    io::Task<size_t> flush_nexthop(std::string wanted);

    // Settling.
    void decided(Message& message);
    io::Task<void> settle(Message& message);
    std::vector<uint32_t> failures(Message& message);
    io::Task<void> owe(Message& message, std::vector<uint32_t> failed);
    io::Task<bool> report(Message& message);
    io::Task<void> announce(Message& message);
    void end_probe(Message& message);
    ipc::BounceRequest request_for(const Message& message, const std::vector<uint32_t>& owed);
    void drop_unwanted(Message& message);
    void mark_reported(Message& message, uint32_t recipient);
    io::Task<void> until_caught_up(LogFollower::Moment moment);
    void note_report(const mail::Envelope& envelope);
    io::Task<void> put_off(Message& message);
    base::Duration delay_of(const Message& message, base::WallTime now);
    void schedule(const Message& message, base::WallTime time);
    io::Task<bool> move_out(Message& message, std::string queue);
    io::Task<void> move_later(Message& message);
    io::Task<void> set_aside(Message& message);
    bool should_move(const Message& message) const;
    JournalEntry entry_of(const Message& message) const;
    void crashed(Message& message);
    io::Task<void> write_journal(JournalEntry entry);
    bool refresh(Message& message);
    void mark(Message& message, uint32_t recipient, State state);
    void finish(Message& message);
    io::Task<void> remove_file(ipc::FileRef file, bool log);
    void forget(Message& message);

    // The clock's work.
    io::Task<void> for_good(std::string what, std::function<io::Task<void>()> work);
    io::Task<void> every_second();
    void relieve();
    // The log has to shrink, and it can.
    bool tight() const {
        return (log_.pressed() || !room()) && io::loop().now() >= no_space_until_;
    }

    io::Task<void> find_orphans();
    io::Task<void> remove_orphans();

    // Control.
    bool remove(const std::string& id);
    io::Task<std::set<std::string>> remove_unread(std::vector<std::string> ids);
    bool flush(const std::string& id);
    io::Task<std::vector<std::string>> flush_site(std::string site);
    void flush_all();
    ipc::ControlEntry describe(const Message& message) const;

    Settings settings_;
    Router router_;
    io::Semaphore routing_;  // messages at a time
    spool::Disk& disk_;
    spool::JobThread thread_;       // checkpoints, recycling
    spool::JobThread file_thread_;  // queue files
    spool::StatusArea states_;
    QueueFiles files_;
    spool::Mover mover_;
    Journal journal_;
    LogFollower log_;
    BounceClient bounces_;
    Deaths deaths_;
    io::Scope scope_;
    Dispatcher dispatcher_;

    std::unordered_map<std::string, std::unique_ptr<Message>> messages_;
    // Content files of before our time, while it is not known that a record names them.
    std::shared_ptr<spool::ContentSweep> orphans_;
    Timetable timetable_;             // of those in memory that wait, and of files
    std::set<std::string> incoming_;  // files in incoming/; others that wait lie in deferred/
    std::set<std::string> filed_;     // had a file at start, until the log of then is read
    std::unordered_map<std::string, std::set<uint32_t>> reports_;  // found, not claimed yet
    std::set<std::string> doomed_;  // removed while in the part of the log that was not read
    io::Event time_changed_;
    Returns returns_;
    Rates rates_;
    std::map<std::string, double> known_rates_;  // of next hops that are coming back
    io::Event learning_;                         // next hops are to be learned without a pause
    // Flushes of a next hop that go on until no message's is unknown.
    struct Order {
        std::string wanted;
        size_t found = 0;
    };
    // Shared with the command that gave it, which may leave before the end.
    std::vector<std::shared_ptr<Order>> orders_;
    // Attempts in a row that came sooner than the usual back-off, by queue ID.
    std::unordered_map<std::string, uint32_t> hurried_;
    std::set<std::string> loads_;  // files that are being read
    LogFollower::Moment started_;
    size_t behind_ = 0;  // messages whose reports wait until the log is read
    bool caught_up_ = false;
    base::WallTime flushed_at_{};
    io::Instant no_space_until_{};  // for files, as a move has found
    bool stopping_ = false;
};

}  // namespace qmgr
