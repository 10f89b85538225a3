#include "lib/spool/commit_thread.h"

#include <span>

#include "lib/base/error.h"
#include "lib/spool/quiet_thread.h"

namespace spool {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto longest_debt = 5s;      // that refused mail waits for the note on its segment
constexpr auto between_tries = 100ms;  // for a segment where there is none
constexpr uint64_t largest_batch = 4 << 20;
constexpr size_t published_kept = 8;
const char zeros[block_size] = {};

// What the waiting are told.
std::exception_ptr refusal(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Refused&) {
        return error;
    } catch (const base::SystemError& failed) {
        auto why = failed.code() == ENOSPC || failed.code() == EDQUOT ? Refused::no_space
                                                                      : Refused::failed;
        return std::make_exception_ptr(Refused(why, failed.what()));
    }
}

}  // namespace

CommitThread::CommitThread(SegmentSupply& supply, Completions& completions,
                           base::Duration refuse_within)
    : supply_(supply), completions_(completions), refuse_within_(refuse_within) {
    supply_.prepare();
    thread_ = quiet_thread([this] { run(); });
}

CommitThread::~CommitThread() {
    {
        std::lock_guard hold(mutex_);
        stopping_ = true;
        changed_.notify_one();
    }
    thread_.join();
}

void CommitThread::commit(std::shared_ptr<Pending> record) {
    std::lock_guard hold(mutex_);
    waiting_.push_back(std::move(record));
    if (waiting_.size() == 1)
        changed_.notify_one();
}

void CommitThread::rotate(std::shared_ptr<Completions::Ticket> ticket) {
    std::lock_guard hold(mutex_);
    rotation_ = std::move(ticket);
    changed_.notify_one();
}

std::vector<Published> CommitThread::published() const {
    std::vector<Published> all;
    if (auto spare = supply_.spare())
        all.push_back(*spare);
    std::lock_guard hold(mutex_);
    all.insert(all.end(), published_.begin(), published_.end());
    return all;
}

// --- the thread ---

void CommitThread::run() {
    Batch batch;
    std::shared_ptr<Completions::Ticket> rotation;
    while (take(batch, rotation)) {
        if (!batch.empty())
            write(std::exchange(batch, {}));
        if (rotation) {
            leave_segment();
            completions_.finish(std::exchange(rotation, nullptr));
        }
    }
}

bool CommitThread::take(Batch& batch, std::shared_ptr<Completions::Ticket>& rotation) {
    std::unique_lock hold(mutex_);
    auto due = [this] { return stopping_ || rotation_ || !waiting_.empty(); };
    while (!segment_ && supply_.in_debt() && !changed_.wait_for(hold, between_tries, due)) {
        hold.unlock();
        pay_debt();
        hold.lock();
    }
    changed_.wait(hold, due);
    batch.swap(waiting_);
    rotation.swap(rotation_);
    return !batch.empty() || rotation;
}

void CommitThread::write(Batch batch) {
    size_t done = 0;
    while (done < batch.size()) {
        size_t count = 0;
        try {
            have_segment();
            count = fitting(batch, done);
            if (count == 0 && next_ == segment_->geometry().records_at())
                throw Refused(Refused::too_big, "the envelope is larger than a log segment");
            if (count == 0) {
                leave_segment();
                continue;
            }
            put(batch, done, count);
        } catch (...) {
            count = std::max<size_t>(count, segment_ ? 1 : batch.size() - done);
            fail_batch({batch.begin() + done, batch.begin() + done + count},
                       std::current_exception());
            done += count;
            continue;
        }
        completions_.finish(std::vector<std::shared_ptr<Completions::Ticket>>(
            batch.begin() + done, batch.begin() + done + count));
        done += count;
    }
}

// How many of the records, in order, the segment has room for.
size_t CommitThread::fitting(const Batch& batch, size_t from) const {
    uint64_t end = next_;
    uint64_t words = next_word_;
    const Geometry& geometry = segment_->geometry();
    size_t count = 0;
    for (; from + count < batch.size() && end - next_ < largest_batch; ++count) {
        const Pending& record = *batch[from + count];
        end = round_up(end, record_grid) + record.bytes();
        words += record.header.recipients;
        if (round_up(end, block_size) > geometry.size || words > geometry.words())
            break;
    }
    return count;
}

// Writes and flushes records as one batch. Where this throws, the segment is poisoned.
void CommitThread::put(const Batch& batch, size_t from, size_t count) {
    std::span<const std::shared_ptr<Pending>> records(batch.data() + from, count);
    uint64_t end = next_;
    for (const auto& record : records)
        end = round_up(end, record_grid) + record->bytes();
    uint64_t at = next_;
    uint32_t word = next_word_;
    parts_.clear();
    auto add = [this, &at](const char* bytes, size_t size) {
        if (size > 0)
            parts_.push_back({const_cast<char*>(bytes), size});
        at += size;
    };
    for (const auto& record : records) {
        add(zeros, round_up(at, record_grid) - at);
        record->ref = {segment_->number(), segment_->epoch(), at, word};
        record->header.epoch = segment_->epoch();
        record->header.offset = at;
        record->header.batch = next_;
        record->header.batch_size = static_cast<uint32_t>(end - next_);
        record->header.status_index = word;
        record->header.encode(record->head.data());
        word += record->header.recipients;
        add(record->head.data(), record->head.size());
        add(record->content.data(), record->content.size());
    }
    add(zeros, round_up(at, block_size) - at);
    segment_->file().pwritev(parts_, next_);
    segment_->file().fdatasync();
    next_ = at;
    next_word_ = word;
    for (const auto& record : records) {
        record->committed = next_;
        if (record->file)
            record->file->keep();
        record->file.reset();  // who hears of it next counts on its descriptor
    }
    publish();
}

// --- segments ---

void CommitThread::have_segment() {
    if (segment_) {
        if (next_ > segment_->geometry().size / 2)
            supply_.prepare();
        return;
    }
    if (failure_ && steady_clock::now() - failed_at_ < between_tries)
        std::rethrow_exception(failure_);
    try {
        segment_ = supply_.take();
    } catch (...) {
        failure_ = std::current_exception();
        failed_at_ = steady_clock::now();
        throw;
    }
    failure_ = nullptr;
    next_ = segment_->geometry().records_at();
    next_word_ = 0;
    publish();
}

void CommitThread::leave_segment() {
    if (segment_)
        supply_.leave(std::move(segment_), next_);
    segment_ = nullptr;
}

// Refuses these records; a segment they were being written to is done with first.
void CommitThread::fail_batch(const Batch& part, std::exception_ptr error) {
    std::exception_ptr told = refusal(error);
    bool too_big = false;
    try {
        std::rethrow_exception(told);
    } catch (const Refused& refused) {
        too_big = refused.why == Refused::too_big;
    }
    if (segment_ && !too_big) {
        supply_.poisoned(std::exchange(segment_, nullptr), next_);
        make_good();
    }
    for (const auto& record : part)
        record->error = told;
    completions_.finish(
        std::vector<std::shared_ptr<Completions::Ticket>>(part.begin(), part.end()));
}

// Tries to have another segment, whose header then bears the note owed.
void CommitThread::make_good() {
    auto until = steady_clock::now() + refuse_within_;
    while (!segment_) {
        try {
            failure_ = nullptr;
            have_segment();
        } catch (...) {
            std::unique_lock hold(mutex_);
            if (steady_clock::now() + between_tries > until || stopping_)
                return;
            changed_.wait_for(hold, between_tries, [this] { return stopping_; });
        }
    }
}

// What was refused must not come to light after a death of this process: the note of a poisoned
// segment is tried for even where no more mail comes.
void CommitThread::pay_debt() {
    try {
        have_segment();
    } catch (const base::SystemError&) {  // tried again soon
    } catch (const Refused&) {
    }
}

// The newest first; those that were left stay in the list for a while, so that whoever rings with
// it tells their last offset too.
void CommitThread::publish() {
    std::lock_guard hold(mutex_);
    if (published_.empty() || published_.front().epoch != segment_->epoch())
        published_.push_front({segment_->number(), segment_->epoch(), next_});
    else
        published_.front().committed = next_;
    if (published_.size() > published_kept)
        published_.pop_back();
}

}  // namespace spool
