#include "qmgr/log_follower.h"

#include <algorithm>

#include "lib/base/error.h"
#include "lib/io/sleep.h"
#include "lib/spool/content_sweep.h"
#include "lib/spool/notes.h"
#include "lib/spool/posted_file.h"
#include "qmgr/log_lines.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

// Records read before everything else on the loop gets its turn.
constexpr size_t at_a_time = 128;

}  // namespace

// What the thread does in one second, and what it found.
struct LogFollower::Chore {
    uint64_t serial = 0;
    std::vector<spool::SegmentId> dirty;
    std::vector<std::string> content_files;
    std::vector<std::string> posted_files;
    std::vector<spool::SegmentId> recycle;

    std::vector<spool::SegmentInfo> segments;
    std::vector<spool::SegmentId> not_free;
    bool checkpointed = false;
    unsigned free = 0;
    std::vector<std::string> troubles;

    void run(const spool::Options& options, spool::Disk& disk, spool::StatusArea& states);
};

void LogFollower::Chore::run(const spool::Options& options, spool::Disk& disk,
                             spool::StatusArea& states) {
    not_free = recycle;
    try {
        if (!dirty.empty())
            states.checkpoint(dirty);
        checkpointed = true;
        while (!content_files.empty()) {
            spool::remove_content_file(disk, options.queue_directory, content_files.back());
            content_files.pop_back();
        }
        // What names them goes next, and with it the knowledge that they were taken.
        while (!posted_files.empty()) {
            spool::remove_posted_file(options.queue_directory, posted_files.back());
            posted_files.pop_back();
        }
        spool::Pool pool(options, disk);
        std::erase_if(not_free, [&](const spool::SegmentId& id) {
            states.forget(id);
            auto result = pool.recycle(id.segment, id.epoch);
            return result == spool::Recycled::freed || result == spool::Recycled::changed;
        });
        pool.fill();
        free = pool.free_segments();
        segments = pool.segments();
    } catch (const std::exception& error) {
        troubles.push_back(error.what());
    }
}

LogFollower::LogFollower(const spool::Options& options, spool::Disk& disk,
                         spool::StatusArea& states, spool::JobThread& thread, Events events)
    : options_(options),
      disk_(disk),
      states_(states),
      thread_(thread),
      events_(std::move(events)) {}

SegmentFollower* LogFollower::follow(uint32_t segment) {
    try {
        auto follower = std::make_unique<SegmentFollower>(options_, disk_, segment);
        if (follower->kind() != spool::Kind::mail)
            return nullptr;
        if (retired_.contains(follower->id()))
            return nullptr;
        if (!old_.contains(follower->id()))
            follower->set_fresh();
        auto& place = followers_[segment];
        place = std::move(follower);
        return place.get();
    } catch (const spool::NotASegment&) {
        return nullptr;  // its claim is under way, or it was freed meanwhile
    } catch (const base::SystemError& error) {
        log::segment_trouble(segment, error.what());
        missed_ = true;
        return nullptr;
    }
}

// Whether the segment was freed and claimed again, by another writer, since its follower looked at
// it; the follower cannot find that out while the new writer holds it.
bool LogFollower::claimed_anew(const ipc::Ring& ring) {
    SegmentFollower& follower = *followers_.at(ring.segment);
    if (follower.open > 0)
        return false;
    try {
        spool::Reader now(options_, ring.segment, disk_);
        if (now.epoch() != ring.epoch)
            return false;
    } catch (const spool::NotASegment&) {
        return false;
    } catch (const base::SystemError&) {
        return false;
    }
    std::move(follower.content_files.begin(), follower.content_files.end(),
              std::back_inserter(content_files_));
    follower.content_files.clear();
    return true;
}

void LogFollower::rung(const std::vector<ipc::Ring>& rings) {
    uint64_t now = ++serial_;
    for (const ipc::Ring& ring : rings) {
        auto found = followers_.find(ring.segment);
        SegmentFollower* follower =
            found == followers_.end() ? follow(ring.segment) : found->second.get();
        if (follower != nullptr && follower->id().epoch != ring.epoch && claimed_anew(ring))
            follower = follow(ring.segment);
        if (follower != nullptr && follower->id().epoch == ring.epoch)
            follower->published(ring.epoch, ring.committed, now);
    }
    news_.set();
}

size_t LogFollower::read_some(SegmentFollower& follower) {
    size_t read = 0;
    try {
        for (; read < at_a_time && events_.room(); ++read) {
            auto record = follower.next();
            if (!record)
                break;
            take_up(std::move(*record), follower);
        }
    } catch (const base::SystemError& error) {
        log::segment_trouble(follower.id().segment, error.what());
        follower.rest();
    }
    damaged_ = damaged_ || follower.damaged();
    return read;
}

void LogFollower::take_up(spool::Record record, SegmentFollower& follower) {
    std::vector<spool::RecipientState> states;
    try {
        if (!follower.fresh())
            states = states_.read(record.ref, record.recipients);
    } catch (const base::SystemError&) {
        follower.put_back(std::move(record));
        throw;
    }
    std::string posted = record.envelope.note(spool::note::posted_file);
    if (!posted.empty())
        follower.posted_files.push_back(std::move(posted));
    events_.record(std::move(record), states, follower);
}

void LogFollower::take_over(SegmentFollower& follower, uint64_t serial) {
    try {
        follower.take_over(serial);
    } catch (const base::SystemError& error) {
        log::segment_trouble(follower.id().segment, error.what());
    }
}

io::Task<void> LogFollower::run() {
    for (;;) {
        news_.clear();
        bool more = false;
        std::vector<uint32_t> unread;
        for (auto& [segment, follower] : followers_)
            if (follower->ready())
                unread.push_back(segment);
        for (uint32_t segment : unread)
            more |= read_some(*followers_.at(segment)) == at_a_time;
        if (more)
            co_await io::yield();
        else
            co_await news_.wait();
    }
}

io::Task<void> LogFollower::open() {
    auto chore = std::make_shared<Chore>();
    chore->serial = ++serial_;
    std::function<void()> job = [chore, this] {
        spool::Pool pool(options_, disk_);
        chore->segments = pool.segments();
    };
    co_await thread_.run(job);
    for (const spool::SegmentInfo& info : chore->segments)
        if (info.state != spool::SegmentState::free)
            old_.insert({info.number, info.epoch});
    for (const spool::SegmentInfo& info : chore->segments)
        if (info.state != spool::SegmentState::free && info.kind == spool::Kind::mail)
            if (SegmentFollower* follower = follow(info.number))
                take_over(*follower, chore->serial);
    if (!missed_)
        looked_ = chore->serial;
    news_.set();
}

// Writers that live ring for all that they hold, also for what they claimed ahead.
bool LogFollower::caught_up(const Moment& moment) const {
    return looked_ >= moment.serial &&
           std::all_of(followers_.begin(), followers_.end(),
                       [&](auto& each) { return each.second->caught_up(moment.serial); });
}

bool LogFollower::all_read() const {
    return std::none_of(followers_.begin(), followers_.end(),
                        [](auto& each) { return each.second->unread(); });
}

void LogFollower::finished(Message& message) {
    SegmentFollower* follower = std::exchange(message.follower, nullptr);
    if (follower == nullptr)
        return;
    --follower->open;
    follower->dirty = true;
    if (!message.content_file.empty())
        follower->content_files.push_back(std::move(message.content_file));
}

// A segment may be checkpointed once all its old records were read (their states repaired).
std::shared_ptr<LogFollower::Chore> LogFollower::prepare() {
    auto chore = std::make_shared<Chore>();
    chore->serial = ++serial_;
    chore->content_files.swap(content_files_);
    chore->posted_files.swap(posted_files_);
    chore->dirty.swap(unflushed_);
    for (auto each = followers_.begin(); each != followers_.end();) {
        SegmentFollower& follower = *each->second;
        take_over(follower, chore->serial);
        follower.retry();
        bool finished = follower.finished();
        if ((follower.dirty && follower.fresh()) || finished) {
            chore->dirty.push_back(follower.id());
            std::move(follower.content_files.begin(), follower.content_files.end(),
                      std::back_inserter(chore->content_files));
            follower.content_files.clear();
        }
        if (follower.fresh())
            follower.dirty = false;
        if (finished) {
            std::move(follower.posted_files.begin(), follower.posted_files.end(),
                      std::back_inserter(chore->posted_files));
            retired_.insert(follower.id());
        }
        each = finished ? followers_.erase(each) : std::next(each);
    }
    chore->recycle.assign(retired_.begin(), retired_.end());
    return chore;
}

void LogFollower::conclude(const Chore& chore) {
    for (const std::string& trouble : chore.troubles)
        log::spool_trouble("log", trouble);
    content_files_.insert(content_files_.end(), chore.content_files.begin(),
                          chore.content_files.end());
    posted_files_.insert(posted_files_.end(), chore.posted_files.begin(), chore.posted_files.end());
    retired_ = {chore.not_free.begin(), chore.not_free.end()};
    if (!chore.checkpointed)
        unflushed_ = chore.dirty;
    if (!chore.troubles.empty())
        return;
    missed_ = false;
    for (const spool::SegmentInfo& info : chore.segments) {
        bool known = followers_.contains(info.number);
        if (!known && info.state != spool::SegmentState::free && info.kind == spool::Kind::mail)
            follow(info.number);
    }
    if (!missed_)
        looked_ = chore.serial;
    pressed_ = chore.free == 0 || followers_.size() > options_.pool_max;
}

io::Task<void> LogFollower::tick() {
    std::shared_ptr<Chore> chore = prepare();
    news_.set();
    std::function<void()> job = [chore, this] { chore->run(options_, disk_, states_); };
    co_await thread_.run(job);
    conclude(*chore);
    news_.set();
}

}  // namespace qmgr
