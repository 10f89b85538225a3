#include "lib/spool/status_area.h"

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <optional>

#include "lib/base/error.h"
#include "lib/spool/checkpoint.h"
#include "lib/spool/segment_header.h"

namespace spool {
namespace {

struct OpenArea {
    std::shared_ptr<File> file;
    Geometry geometry;
    uint64_t used = 0;  // for putting the one away that was not used for longest
};

constexpr size_t most_open = 128;

}  // namespace

struct StatusArea::State {
    std::string queue_directory;
    Disk& disk;
    std::mutex mutex;  // of what follows: the loop marks while a thread makes a checkpoint
    std::map<SegmentId, OpenArea> open;
    uint64_t uses = 0;
    std::map<SegmentId, std::unique_ptr<Checkpoint>> checkpoints;  // of the one who checkpoints

    OpenArea area(const SegmentId& id);
    Checkpoint* checkpoint_of(const SegmentId& id);
};

StatusArea::StatusArea(std::string queue_directory, Disk& disk)
    : state_(new State{std::move(queue_directory), disk, {}, {}, 0, {}}) {}

StatusArea::~StatusArea() = default;

OpenArea StatusArea::State::area(const SegmentId& id) {
    std::lock_guard hold(mutex);
    auto found = open.find(id);
    if (found == open.end()) {
        std::shared_ptr<File> file =
            disk.open(segment_path(queue_directory, id.segment), OpenMode::write);
        auto header = read_header(*file);
        if (!header || header->epoch != id.epoch)
            throw base::SystemError("find the log segment of a record", ESTALE);
        // A segment that was removed keeps its room on the disk for as long as it is open here.
        std::erase_if(open, [](auto& each) { return !each.second.file->linked(); });
        if (open.size() >= most_open)
            open.erase(std::min_element(open.begin(), open.end(), [](auto& a, auto& b) {
                return a.second.used < b.second.used;
            }));
        found = open.emplace(id, OpenArea{std::move(file), header->geometry, 0}).first;
    }
    found->second.used = ++uses;
    return found->second;
}

void StatusArea::mark(const RecordRef& ref, uint32_t recipient, RecipientState state) {
    OpenArea area = state_->area({ref.segment, ref.epoch});
    uint64_t word = status_word(ref, recipient, state);
    area.file->pwrite({reinterpret_cast<const char*>(&word), sizeof word},
                      area.geometry.live_at() + 8 * (uint64_t{ref.status_index} + recipient));
}

std::vector<RecipientState> StatusArea::read(const RecordRef& ref, uint32_t n) {
    OpenArea area = state_->area({ref.segment, ref.epoch});
    std::vector<uint64_t> live(n);
    area.file->pread({reinterpret_cast<char*>(live.data()), n * 8},
                     area.geometry.live_at() + 8 * uint64_t{ref.status_index});
    std::vector<RecipientState> states;
    for (uint32_t i = 0; i < n; ++i)
        states.push_back(state_of(live[i], ref, i));
    std::vector<RecipientState> furthest = states;
    std::optional<StatusBlock> copies[2];
    uint32_t read_block = UINT32_MAX;
    for (uint32_t i = 0; i < n; ++i) {
        uint32_t index = (ref.status_index + i) / words_per_status_block;
        for (unsigned copy : {0u, 1u}) {
            if (index != read_block)
                copies[copy] = read_status_block(*area.file, area.geometry, ref.epoch, copy, index);
            if (copies[copy])
                furthest[i] = std::max(
                    furthest[i],
                    state_of(copies[copy]->words[(ref.status_index + i) % words_per_status_block],
                             ref, i));
        }
        read_block = index;
    }
    for (uint32_t i = 0; i < n; ++i)
        if (furthest[i] != states[i])
            mark(ref, i, furthest[i]);
    return furthest;
}

Checkpoint* StatusArea::State::checkpoint_of(const SegmentId& id) {
    {
        std::lock_guard hold(mutex);
        auto found = checkpoints.find(id);
        if (found != checkpoints.end())
            return found->second.get();
    }
    auto file = disk.open(segment_path(queue_directory, id.segment), OpenMode::write);
    auto header = read_header(*file);
    if (!header || header->epoch != id.epoch)
        return nullptr;
    auto made = std::make_unique<Checkpoint>(std::move(file), *header);
    std::lock_guard hold(mutex);
    return (checkpoints[id] = std::move(made)).get();
}

void StatusArea::checkpoint(std::span<const SegmentId> segments) {
    std::exception_ptr first;
    for (const SegmentId& id : segments) {
        try {
            if (Checkpoint* checkpoint = state_->checkpoint_of(id))
                checkpoint->flush();
        } catch (const base::SystemError& error) {
            if (error.code() != ENOENT && !first)
                first = std::current_exception();
        }
    }
    if (first)
        std::rethrow_exception(first);
}

void StatusArea::forget(const SegmentId& segment) {
    std::lock_guard hold(state_->mutex);
    state_->open.erase(segment);
    state_->checkpoints.erase(segment);
}

}  // namespace spool
