#include "qmgr/queue_manager.h"

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "qmgr/log_lines.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration adopt_limit = 10s;
constexpr base::Duration tick_interval = 1s;
constexpr base::Duration drain_interval = 20ms;
constexpr base::Duration full_drain_interval = 1s;
// Messages that wait for tables which others are asked about.
constexpr size_t routed_at_once = 100;
constexpr unsigned ticks_a_compaction = 60;
// Moves begun in one second when the log has to shrink.
constexpr size_t relief = 200;

}  // namespace

QueueManager::QueueManager(const Settings& settings, Router router, Rates rates, spool::Disk& disk,
                           const health::Table* health)
    : settings_(settings),
      router_(std::move(router)),
      routing_(routed_at_once),
      disk_(disk),
      states_(settings.folders.root, disk),
      files_(settings.folders, file_thread_),
      mover_(settings.folders, {}),
      journal_(settings.spool, disk, thread_),
      log_(settings.spool, disk, states_, thread_, log_events()),
      bounces_(settings.folders.root + "/private/bounce"),
      dispatcher_(settings_, dispatch_events(), deaths_, scope_),
      returns_(health, timetable_, return_events()),
      rates_(std::move(rates)) {}

// Their jobs refer to parts that are destroyed before the threads.
QueueManager::~QueueManager() {
    thread_.finish();
    file_thread_.finish();
}

io::Task<void> QueueManager::start() {
    co_await log_.open();
    co_await journal_.open();
    std::vector<QueueFiles::Found> found = co_await files_.open();
    for (const QueueFiles::Found& file : found) {
        filed_.insert(file.id);
        file_found(file);
    }
    co_await find_orphans();
    started_ = log_.moment();
    co_await dispatcher_.adopt(io::loop().now() + adopt_limit);
    scope_.spawn(for_good("reading the log", [this] { return log_.run(); }));
    scope_.spawn(for_good("sending", [this] { return dispatcher_.run(); }));
    scope_.spawn(for_good("asking for reports", [this] { return bounces_.run(); }));
    scope_.spawn(for_good("the work of each second", [this] { return every_second(); }));
    scope_.spawn(for_good("watching the time", [this] { return watch_time(); }));
    scope_.spawn(for_good("watching next hops", [this] { return watch_returns(); }));
    scope_.spawn(for_good("learning next hops", [this] { return learn_hops(); }));
}

// Without one of these qmgr would only seem to work: the process ends, and master starts another.
io::Task<void> QueueManager::for_good(std::string what, std::function<io::Task<void>()> work) {
    try {
        co_await work();
    } catch (const io::Cancelled&) {
        throw;
    } catch (const std::exception& error) {
        base::log::fatal(base::text(what, " has ended: ", error.what()));
    }
}

void QueueManager::configure(const Settings& settings, Router router, Rates rates) {
    settings_ = settings;
    rates_ = std::move(rates);
    known_rates_.clear();
    router_ = std::move(router);
    dispatcher_.configure(settings_);
}

io::Task<void> QueueManager::every_second() {
    auto next_scan = io::loop().now() + settings_.run_delay;
    for (unsigned ticks = 1;; ++ticks) {
        auto next = io::loop().now() + tick_interval;
        co_await log_.tick();
        co_await files_.flush();
        if (!caught_up_ && log_.caught_up(started_)) {
            caught_up_ = true;
            filed_.clear();
            scope_.spawn(remove_orphans());
            journal_.forget_unclaimed(
                [this](const std::string& id) { return timetable_.contains(id); });
        }
        if (ticks % ticks_a_compaction == 0)
            dispatcher_.tidy();
        if (ticks % ticks_a_compaction == 0 || journal_.large())
            co_await journal_.compact();
        if (io::loop().now() >= next_scan) {
            next_scan = io::loop().now() + settings_.run_delay;
            scope_.spawn(rescan());
        }
        relieve();
        time_changed_.set();  // the calendar may have been set
        co_await io::sleep_until(next);
    }
}

// Must come before the moment up to which everything is read, and before anything is.
io::Task<void> QueueManager::find_orphans() {
    auto found = std::make_shared<std::shared_ptr<spool::ContentSweep>>();
    std::function<void()> job = [disk = &disk_, root = settings_.folders.root, found] {
        *found = std::make_shared<spool::ContentSweep>(*disk, root);
    };
    try {
        co_await thread_.run(job);
        orphans_ = *found;
    } catch (const base::SystemError& error) {
        log::spool_trouble("content", error.what());
    }
}

// What processes have left that died while they received a message.
io::Task<void> QueueManager::remove_orphans() {
    std::shared_ptr<spool::ContentSweep> orphans = std::exchange(orphans_, nullptr);
    if (orphans == nullptr || log_.damaged())
        co_return;
    auto removed = std::make_shared<size_t>(0);
    std::function<void()> job = [orphans, removed] { *removed = orphans->remove_rest(); };
    try {
        co_await thread_.run(job);
    } catch (const base::SystemError& error) {
        log::spool_trouble("content", error.what());
    }
    if (*removed > 0)
        log::orphans_removed(*removed);
}

// Where segments or memory run short, mail that only waits leaves the log.
void QueueManager::relieve() {
    if (!tight())
        return;
    std::vector<Message*> waiting;
    for (auto& [id, message] : messages_) {
        if (message->stage == Stage::waiting && message->in_log())
            waiting.push_back(message.get());
        if (waiting.size() >= relief)
            break;
    }
    for (Message* message : waiting) {
        message->stage = Stage::settling;
        // One that is let go, and has found no room yet, keeps its turn.
        message->next_attempt =
            timetable_.remove(message->queue_id).value_or(message->next_attempt);
        scope_.spawn(move_later(*message));
    }
}

io::Task<void> QueueManager::watch_time() {
    for (;;) {
        start_due();
        time_changed_.clear();
        auto next = timetable_.next();
        io::Instant wake = io::never;
        if (next && room() && !stopping_)
            wake = io::loop().now() + std::max(*next - io::loop().wall(), base::Duration(0));
        co_await time_changed_.wait(wake);
    }
}

io::Task<void> QueueManager::drain() {
    stopping_ = true;
    dispatcher_.stop();
    mover_.limit(0);
    for (;;) {
        std::vector<Message*> waiting;
        size_t busy = 0;
        for (auto& [id, message] : messages_) {
            busy += message->stage != Stage::waiting && !message->reporting;
            if (message->stage == Stage::waiting && message->in_log())
                waiting.push_back(message.get());
        }
        for (Message* message : waiting) {
            message->stage = Stage::settling;
            message->next_attempt = io::loop().wall();
            timetable_.remove(message->queue_id);
            scope_.spawn(move_later(*message));
        }
        if (waiting.empty() && busy == 0 && log_.all_read())
            co_return;
        bool no_space = io::loop().now() < no_space_until_;
        co_await io::sleep(no_space ? full_drain_interval : drain_interval);
    }
}

io::Task<void> QueueManager::close() {
    scope_.cancel();
    co_await scope_.join();
    co_await log_.tick();
    co_await files_.flush();
    co_await mover_.close();
    co_await journal_.close();
}

}  // namespace qmgr
