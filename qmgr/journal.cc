#include "qmgr/journal.h"

#include <algorithm>
#include <functional>

#include "lib/base/error.h"
#include "lib/io/sleep.h"
#include "lib/spool/reader.h"
#include "qmgr/log_lines.h"

namespace qmgr {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration old_writer_interval = 50ms;
constexpr int old_writer_tries = 100;
constexpr size_t few_entries = 100;
constexpr uint64_t large_segments = 4;

std::vector<spool::SegmentId> journal_segments(const spool::Options& options, spool::Disk& disk) {
    std::vector<spool::SegmentId> found;
    for (const spool::SegmentInfo& info : spool::Pool(options, disk).segments())
        if (info.state != spool::SegmentState::free && info.kind == spool::Kind::journal)
            found.push_back({info.number, info.epoch});
    return found;
}

}  // namespace

Journal::Journal(const spool::Options& options, spool::Disk& disk, spool::JobThread& thread)
    : options_(options),
      disk_(disk),
      thread_(thread),
      old_(journal_segments(options, disk)),
      writer_(options, disk) {}

// Runs on the thread. False when an earlier qmgr still writes to one of them.
bool Journal::read_old() {
    bool all = true;
    unreadable_.clear();
    for (const spool::SegmentId& id : old_) {
        try {
            spool::Reader reader(options_, id.segment, disk_);
            if (reader.epoch() != id.epoch)
                continue;
            all &= reader.take_over();
            while (auto record = reader.next()) {
                JournalEntry entry = JournalEntry::decode(record->entry);
                sequence_ = std::max(sequence_, entry.sequence);
                Live& live = live_[entry.queue_id];
                if (live.entry.sequence <= entry.sequence)
                    live.entry = std::move(entry);
            }
        } catch (const spool::NotASegment&) {
            continue;
        } catch (const base::DecodeError& error) {
            log::spool_trouble("journal", error.what());
        } catch (const base::SystemError& error) {
            log::segment_trouble(id.segment, error.what());
            unreadable_.insert(id);
        }
    }
    return all;
}

io::Task<void> Journal::open() {
    for (int tries = 0; tries < old_writer_tries; ++tries) {
        auto all = std::make_shared<bool>(false);
        std::function<void()> job = [this, all] { *all = read_old(); };
        co_await thread_.run(job);
        if (*all)
            break;
        co_await io::sleep(old_writer_interval);
    }
    bool whole = co_await rewrite();
    if (!whole)
        old_.clear();
    std::erase_if(old_, [this](const spool::SegmentId& id) { return unreadable_.contains(id); });
    co_await recycle_old();
}

const JournalEntry* Journal::find(const std::string& queue_id, const ipc::MessageRef& message) {
    auto found = live_.find(queue_id);
    if (found == live_.end() || found->second.entry.message != message)
        return nullptr;
    found->second.claimed = true;
    return &found->second.entry;
}

void Journal::forget_unclaimed(const std::function<bool(const std::string&)>& still_there) {
    std::erase_if(live_, [&still_there](auto& each) {
        return !each.second.claimed && !still_there(each.first);
    });
}

io::Task<bool> Journal::append(std::string entry) {
    try {
        bytes_ += entry.size();
        co_await writer_.append(std::move(entry));
        ++written_;
        // It names the latest only.
        for (const spool::Published& segment : writer_.published())
            if (segment.committed > 0)
                used_.insert({segment.segment, segment.epoch});
        co_return true;
    } catch (const spool::Refused& refused) {
        log::spool_trouble("journal", refused.what());
    }
    co_return false;
}

io::Task<bool> Journal::write(JournalEntry entry) {
    entry.sequence = ++sequence_;
    std::string bytes = entry.encode();
    std::string queue_id = entry.queue_id;
    live_[queue_id] = Live{std::move(entry), true};
    bool durable = co_await append(std::move(bytes));
    co_return durable;
}

// Every entry that counts, once more; false when one could not be made durable.
io::Task<bool> Journal::rewrite() {
    std::vector<std::string> entries;
    for (auto& [id, live] : live_)
        entries.push_back(live.entry.encode());
    bool whole = true;
    for (std::string& entry : entries) {
        bool durable = co_await append(std::move(entry));
        whole = whole && durable;
    }
    co_return whole;
}

io::Task<void> Journal::recycle_old() {
    if (old_.empty())
        co_return;
    auto left = std::make_shared<std::vector<spool::SegmentId>>(std::move(old_));
    old_.clear();
    std::function<void()> job = [this, left] {
        spool::Pool pool(options_, disk_);
        std::erase_if(*left, [&pool](const spool::SegmentId& id) {
            auto result = pool.recycle(id.segment, id.epoch);
            return result == spool::Recycled::freed || result == spool::Recycled::changed;
        });
    };
    try {
        co_await thread_.run(job);
    } catch (const base::SystemError& error) {
        log::spool_trouble("journal", error.what());
    }
    old_.insert(old_.end(), left->begin(), left->end());
}

bool Journal::large() const {
    return bytes_ > large_segments * options_.segment_size;
}

io::Task<void> Journal::compact() {
    size_t few = large() ? 0 : few_entries;
    if (written_ > 2 * live_.size() + few) {
        std::set<spool::SegmentId> before = used_;
        co_await writer_.rotate();
        bool whole = co_await rewrite();
        written_ = 0;
        bytes_ = 0;
        if (whole) {
            for (const spool::SegmentId& segment : before)
                used_.erase(segment);
            old_.insert(old_.end(), before.begin(), before.end());
        }
    }
    co_await recycle_old();
}

io::Task<void> Journal::close() {
    co_await writer_.close();
}

}  // namespace qmgr
