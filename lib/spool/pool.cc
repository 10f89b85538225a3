#include "lib/spool/pool.h"

#include <algorithm>
#include <mutex>

#include "lib/base/error.h"
#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/spool/segment.h"

namespace spool {

using base::SystemError;

struct Pool::State {
    Options options;
    Disk& disk;
    std::mutex mutex;
    uint32_t last_claimed = 0;

    std::string directory() const { return options.queue_directory + "/log"; }
    std::string path(uint32_t number) const {
        return segment_path(options.queue_directory, number);
    }
    std::vector<uint32_t> numbers();
    std::unique_ptr<File> open(uint32_t number, OpenMode mode);
    std::optional<SegmentHeader> header(uint32_t number);
    std::unique_ptr<Segment> claim_free(uint32_t number, Kind kind, const std::vector<Note>& notes);
    std::unique_ptr<Segment> make(const SegmentHeader& like);
    void write_whole(File& file, SegmentHeader& header);
    bool room_for_one();
    void remove(uint32_t number);
    void remove_unfinished(uint32_t number);
    bool noted(uint32_t number, const Epoch& epoch);
    bool waits_for_others(const SegmentHeader& header);
    bool enough_free();
};

Pool::Pool(Options options, Disk& disk) : state_(new State{std::move(options), disk, {}, 0}) {}

Pool::~Pool() = default;

std::vector<uint32_t> Pool::State::numbers() {
    std::vector<uint32_t> found;
    for (const std::string& name : disk.list(directory()))
        if (auto number = segment_number(name))
            found.push_back(*number);
    std::sort(found.begin(), found.end());
    return found;
}

// Null when it has been removed meanwhile.
std::unique_ptr<File> Pool::State::open(uint32_t number, OpenMode mode) {
    try {
        return disk.open(path(number), mode);
    } catch (const SystemError& error) {
        if (error.code() != ENOENT)
            throw;
        return nullptr;
    }
}

std::optional<SegmentHeader> Pool::State::header(uint32_t number) {
    auto file = open(number, OpenMode::read);
    return file ? read_header(*file) : std::nullopt;
}

std::vector<SegmentInfo> Pool::segments() {
    std::vector<SegmentInfo> all;
    for (uint32_t number : state_->numbers())
        if (auto found = state_->header(number))
            all.push_back({number, found->state, found->kind, found->epoch, found->committed});
    return all;
}

unsigned Pool::free_segments() {
    unsigned count = 0;
    for (const SegmentInfo& info : segments())
        count += info.state == SegmentState::free;
    return count;
}

// --- claiming ---

std::unique_ptr<Segment> Pool::claim(Kind kind, const std::vector<Note>& notes,
                                     const std::set<uint32_t>& avoid) {
    std::lock_guard hold(state_->mutex);
    auto numbers = state_->numbers();
    // Going round spreads the writing and keeps writers out of each other's way.
    std::rotate(numbers.begin(),
                std::upper_bound(numbers.begin(), numbers.end(), state_->last_claimed),
                numbers.end());
    for (uint32_t number : numbers)
        if (!avoid.contains(number))
            if (auto segment = state_->claim_free(number, kind, notes))
                return segment;
    bool may_make = avoid.size() < 4;  // a disk that fails every write is not to be filled as well
    if (may_make && state_->room_for_one()) {
        SegmentHeader header;
        header.state = SegmentState::in_use;
        header.kind = kind;
        header.notes = notes;
        return state_->make(header);
    }
    for (uint32_t number : numbers)
        if (auto segment = state_->claim_free(number, kind, notes))
            return segment;
    throw Refused(Refused::no_space, "no free log segment and no room for another");
}

// Null when it is not free or somebody else is claiming it.
std::unique_ptr<Segment> Pool::State::claim_free(uint32_t number, Kind kind,
                                                 const std::vector<Note>& notes) {
    auto before = header(number);
    if (!before || before->state != SegmentState::free)
        return nullptr;
    auto file = open(number, OpenMode::write);
    if (!file || !file->lock_exclusive(LockByte::writer) || !file->linked())
        return nullptr;
    before = read_header(*file);
    if (!before || before->state != SegmentState::free)
        return nullptr;
    // Live words begin as nothing and in the page cache: a mark never waits for the disk.
    std::string nothing(before->geometry.status_blocks * block_size, '\0');
    file->pwrite(nothing, before->geometry.live_at());
    auto segment = std::make_unique<Segment>(std::move(file), *before);
    SegmentHeader next = *before;
    next.state = SegmentState::in_use;
    next.kind = kind;
    next.notes = notes;
    next.committed = 0;
    ++next.claims;
    base::random_bytes(next.epoch);
    try {
        segment->change(next);
    } catch (const SystemError&) {
        try {
            segment->change(*before);  // it holds nothing, and stays in the pool
        } catch (const SystemError&) {
        }
        throw;
    }
    last_claimed = number;
    return segment;
}

bool Pool::State::room_for_one() {
    return disk.free_bytes(directory()) >= options.segment_size + options.min_free;
}

// A new segment under the first unused number.
std::unique_ptr<Segment> Pool::State::make(const SegmentHeader& like) {
    auto taken = numbers();
    std::unique_ptr<File> file;
    uint32_t number = 0;
    while (!file) {
        ++number;
        if (std::binary_search(taken.begin(), taken.end(), number))
            continue;
        try {
            file = disk.open(path(number), OpenMode::create);
        } catch (const SystemError& error) {
            if (error.code() != EEXIST)
                throw;
        }
        if (file && (!file->lock_exclusive(LockByte::writer) || !file->linked()))
            file.reset();  // taken for the remains of an unfinished one
    }
    SegmentHeader header = like;
    header.number = number;
    header.geometry = Geometry::of(options.segment_size);
    if (header.state != SegmentState::free) {
        header.claims = 1;
        base::random_bytes(header.epoch);
    }
    try {
        write_whole(*file, header);
        disk.fsync_dir(directory());
    } catch (const SystemError& error) {
        try {
            disk.unlink(path(number));
        } catch (const SystemError&) {  // fill() removes it some day
        }
        if (error.code() == ENOSPC || error.code() == EDQUOT)
            throw Refused(Refused::no_space, error.what());
        throw;
    }
    return std::make_unique<Segment>(std::move(file), std::move(header));
}

// Every block is written once, so that writing it again needs no journal commit.
void Pool::State::write_whole(File& file, SegmentHeader& header) {
    std::string zeros(1 << 20, '\0');
    for (uint64_t at = 0; at < header.geometry.size; at += zeros.size()) {
        uint64_t length = std::min<uint64_t>(zeros.size(), header.geometry.size - at);
        file.pwrite(std::string_view(zeros).substr(0, length), at);
    }
    file.fdatasync();
    ++header.sequence;
    file.pwrite(header.encode(), header.sequence % 2 * block_size);
    write_header(file, header);  // both copies, so that no header at all means damage
}

void Pool::give_back(std::unique_ptr<Segment> segment) {
    SegmentHeader header = segment->header();
    header.state = SegmentState::free;
    header.epoch = {};
    header.kind = Kind::mail;
    header.notes.clear();
    segment->change(std::move(header));
}

// --- recycling ---

Recycled Pool::recycle(uint32_t segment, const Epoch& epoch) {
    std::lock_guard hold(state_->mutex);
    auto file = state_->open(segment, OpenMode::write);
    if (!file)
        return Recycled::changed;
    if (!file->lock_exclusive(LockByte::writer))
        return Recycled::busy;
    auto header = read_header(*file);
    if (!header || !file->linked() || header->epoch != epoch)
        return Recycled::changed;
    if (!file->lock_exclusive(LockByte::readers))
        return Recycled::busy;
    if (state_->waits_for_others(*header))
        return Recycled::waiting;
    bool other_size = header->geometry.size != Geometry::of(state_->options.segment_size).size;
    if (other_size || state_->enough_free() || state_->noted(segment, epoch)) {
        state_->remove(segment);
        return Recycled::freed;
    }
    give_back(std::make_unique<Segment>(std::move(file), *header));
    return Recycled::freed;
}

// Whether the header bears a note on a segment that could come back after a crash.
bool Pool::State::waits_for_others(const SegmentHeader& own) {
    if (own.notes.empty())
        return false;
    disk.fsync_dir(directory());  // what was removed stays so
    for (const Note& note : own.notes) {
        auto other = header(note.segment);
        if (other && other->epoch == note.epoch)
            return true;
    }
    return false;
}

bool Pool::State::noted(uint32_t number, const Epoch& epoch) {
    for (uint32_t other : numbers())
        if (auto found = header(other))
            for (const Note& note : found->notes)
                if (note.segment == number && note.epoch == epoch)
                    return true;
    return false;
}

bool Pool::State::enough_free() {
    unsigned count = 0;
    for (uint32_t number : numbers()) {
        auto found = header(number);
        count += found && found->state == SegmentState::free;
    }
    return count >= options.pool_max;
}

void Pool::State::remove(uint32_t number) {
    disk.unlink(path(number));
    disk.fsync_dir(directory());
}

// Without a whole header a file is the remains of an unfinished making, or damaged.
void Pool::State::remove_unfinished(uint32_t number) {
    auto file = open(number, OpenMode::write);
    if (!file || !file->lock_exclusive(LockByte::writer) || !file->linked() || read_header(*file))
        return;
    std::string headers(2 * block_size, '\0');
    file->pread(headers, 0);
    auto written = [&headers](size_t block) {
        return headers.find_first_not_of('\0', block * block_size) < (block + 1) * block_size;
    };
    if (!written(0) || !written(1))
        return remove(number);
    std::string corrupt = options.queue_directory + "/corrupt";
    disk.rename(path(number), base::text(corrupt, "/log-", number));
    disk.fsync_dir(corrupt);
    disk.fsync_dir(directory());
}

void Pool::fill() {
    std::lock_guard hold(state_->mutex);
    unsigned count = 0;
    for (uint32_t number : state_->numbers()) {
        auto found = state_->header(number);
        if (!found)
            state_->remove_unfinished(number);
        count += found && found->state == SegmentState::free;
    }
    for (; count < state_->options.pool_min && state_->room_for_one(); ++count)
        state_->make({});
}

}  // namespace spool
