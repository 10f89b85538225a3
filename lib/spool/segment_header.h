// SegmentHeader is the first two blocks of a segment: what state it is in and for whom.
//
// See FORMAT.md. The two copies are written in turn, so that a torn write leaves the state before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/spool/disk.h"
#include "lib/spool/options.h"

namespace spool {

inline constexpr uint64_t block_size = 4096;
inline constexpr uint64_t record_grid = 64;
inline constexpr uint32_t words_per_status_block = 508;

constexpr uint64_t round_up(uint64_t n, uint64_t unit) {
    return (n + unit - 1) / unit * unit;
}

enum class SegmentState : uint32_t { free = 1, in_use = 2, sealed = 3 };

// Where things lie in a segment.
struct Geometry {
    uint64_t size = 0;
    uint32_t status_blocks = 0;

    // For a new segment; `size` is rounded down to whole blocks, and up to 64 KiB.
    static Geometry of(uint64_t size);
    uint64_t live_at() const { return 2 * block_size; }
    uint64_t copy_at(unsigned copy) const {
        return block_size * (2 + static_cast<uint64_t>(status_blocks) * (1 + copy));
    }
    uint64_t records_at() const { return block_size * (2 + 3 * uint64_t{status_blocks}); }
    uint32_t words() const { return status_blocks * words_per_status_block; }
};

// "Of that segment nothing at or after valid_until counts": its writer failed there.
struct Note {
    uint32_t segment = 0;
    Epoch epoch{};
    uint64_t valid_until = 0;
};

struct SegmentHeader {
    static constexpr size_t most_notes = 100;

    SegmentState state = SegmentState::free;
    uint64_t sequence = 0;
    Epoch epoch{};
    Kind kind = Kind::mail;
    uint32_t number = 0;
    Geometry geometry;
    uint64_t claims = 0;
    uint64_t committed = 0;
    std::vector<Note> notes;

    std::string encode() const;  // one block
    static std::optional<SegmentHeader> decode(std::string_view block);
};

// The valid copy with the higher sequence; none when neither is whole.
std::optional<SegmentHeader> read_header(File& file);
// Writes the header over its older copy with the next sequence and returns when it is durable.
void write_header(File& file, SegmentHeader& header);

// log/NNNNNN
std::string segment_path(const std::string& queue_directory, uint32_t number);
// The number that a name in log/ stands for; none for other files there.
std::optional<uint32_t> segment_number(std::string_view name);

}  // namespace spool
