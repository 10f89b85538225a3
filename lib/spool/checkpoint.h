// Checkpoint copies the live status words of one segment into its two checkpoint copies, in turn.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/spool/segment_header.h"

namespace spool {

// A checkpoint block of a segment, as read from one copy.
struct StatusBlock {
    uint64_t sequence = 0;
    std::vector<uint64_t> words;

    std::string encode(uint32_t index, const Epoch& epoch) const;
    // None unless it is whole and of this place and epoch.
    static std::optional<StatusBlock> decode(std::string_view bytes, uint32_t index,
                                             const Epoch& epoch);
};

// The block of words `index` in copy 0 or 1.
std::optional<StatusBlock> read_status_block(File& file, const Geometry& geometry,
                                             const Epoch& epoch, unsigned copy, uint32_t index);

class Checkpoint {
  public:
    Checkpoint(std::unique_ptr<File> file, const SegmentHeader& header);

    // Copies every block that changed since the last time and returns when all is durable. After
    // an error everything is written anew the next time.
    void flush();

  private:
    struct Block {
        uint64_t sequence = 0;  // of the newer copy
        std::vector<uint64_t> words;
        bool durable = false;
    };
    void write(uint32_t index, std::vector<uint64_t> words);

    std::unique_ptr<File> file_;
    Geometry geometry_;
    Epoch epoch_;
    std::vector<Block> blocks_;
};

}  // namespace spool
