#include "lib/spool/segment_supply.h"

#include "lib/base/error.h"

namespace spool {

void SegmentSupply::prepare() {
    std::lock_guard hold(mutex_);
    if (claiming_ || spare_)
        return;
    claiming_ = true;
    jobs_.post([this] { claim(); });
}

void SegmentSupply::claim() {
    std::vector<Note> notes;
    std::set<uint32_t> avoid;
    {
        std::lock_guard hold(mutex_);
        notes = owed_;
        avoid = avoid_;
    }
    std::unique_ptr<Segment> segment;
    std::exception_ptr failure;
    try {
        segment = pool_.claim(kind_, notes, avoid);
    } catch (...) {
        failure = std::current_exception();
    }
    std::lock_guard hold(mutex_);
    spare_ = std::move(segment);
    failure_ = failure;
    claiming_ = false;
    claimed_.notify_all();
}

std::optional<Published> SegmentSupply::spare() {
    std::lock_guard hold(mutex_);
    if (!spare_)
        return std::nullopt;
    return Published{spare_->number(), spare_->epoch(), 0};
}

// The spare, claimed now if need be. A failure found while nobody asked is tried again.
std::unique_ptr<Segment> SegmentSupply::take_claimed() {
    std::unique_lock hold(mutex_);
    claimed_.wait(hold, [this] { return !claiming_; });
    if (!spare_) {
        hold.unlock();
        prepare();
        hold.lock();
        claimed_.wait(hold, [this] { return !claiming_; });
    }
    if (!spare_)
        std::rethrow_exception(failure_);
    return std::move(spare_);
}

std::unique_ptr<Segment> SegmentSupply::take() {
    auto segment = take_claimed();
    try {
        settle(*segment);
    } catch (const base::SystemError&) {
        std::lock_guard hold(mutex_);
        avoid_.insert(segment->number());
        try {
            pool_.give_back(std::move(segment));
        } catch (const base::SystemError&) {  // recycled as one without records
        }
        throw;
    }
    return segment;
}

// Makes sure that the segment's durable header bears every note owed, then owes none.
void SegmentSupply::settle(Segment& segment) {
    std::lock_guard hold(mutex_);
    if (owed_.empty())
        return;
    if (segment.header().notes.size() < owed_.size()) {
        SegmentHeader header = segment.header();
        header.notes = owed_;
        segment.change(std::move(header));
    }
    owed_.clear();
    poisoned_.clear();
    avoid_.clear();
}

void SegmentSupply::leave(std::unique_ptr<Segment> segment, uint64_t committed) {
    std::shared_ptr<Segment> left = std::move(segment);
    jobs_.post([left, committed] {
        SegmentHeader header = left->header();
        header.state = SegmentState::sealed;
        header.committed = committed;
        try {
            left->change(std::move(header));
        } catch (const base::SystemError&) {
            // Unsealed it is read to its last whole record, which is the same.
        }
    });
}

void SegmentSupply::poisoned(std::unique_ptr<Segment> segment, uint64_t valid_until) {
    std::lock_guard hold(mutex_);
    if (owed_.size() < SegmentHeader::most_notes)
        owed_.push_back({segment->number(), segment->epoch(), valid_until});
    poisoned_.push_back(std::move(segment));
}

bool SegmentSupply::in_debt() {
    std::lock_guard hold(mutex_);
    return !owed_.empty();
}

void SegmentSupply::close() {
    std::unique_lock hold(mutex_);
    claimed_.wait(hold, [this] { return !claiming_; });
    if (!spare_)
        return;
    try {
        pool_.give_back(std::move(spare_));
    } catch (const base::SystemError&) {  // recycled as one without records
    }
}

}  // namespace spool
