#include "lib/spool/checkpoint.h"

#include <algorithm>
#include <cstring>

#include "lib/base/crc32c.h"

namespace spool {
namespace {

constexpr size_t words_at = 32;
constexpr size_t word_bytes = words_per_status_block * 8;

std::vector<uint64_t> words_in(const char* bytes) {
    std::vector<uint64_t> words(words_per_status_block);
    std::memcpy(words.data(), bytes, word_bytes);
    return words;
}

}  // namespace

std::string StatusBlock::encode(uint32_t index, const Epoch& epoch) const {
    base::Encoder covered;
    covered.u32(index).u64(sequence);
    covered.bytes({reinterpret_cast<const char*>(epoch.data()), epoch.size()});
    covered.bytes({reinterpret_cast<const char*>(words.data()), word_bytes});
    base::Encoder out;
    out.u32(base::crc32c(covered.view())).bytes(covered.view());
    return out.take();
}

std::optional<StatusBlock> StatusBlock::decode(std::string_view bytes, uint32_t index,
                                               const Epoch& epoch) {
    if (bytes.size() != block_size)
        return std::nullopt;
    base::Decoder in(bytes);
    if (in.u32() != base::crc32c(bytes.substr(4)) || in.u32() != index)
        return std::nullopt;
    StatusBlock block;
    block.sequence = in.u64();
    if (std::memcmp(in.bytes(epoch.size()).data(), epoch.data(), epoch.size()) != 0)
        return std::nullopt;
    block.words = words_in(bytes.data() + words_at);
    return block;
}

std::optional<StatusBlock> read_status_block(File& file, const Geometry& geometry,
                                             const Epoch& epoch, unsigned copy, uint32_t index) {
    char bytes[block_size];
    size_t got = file.pread(bytes, geometry.copy_at(copy) + index * block_size);
    return StatusBlock::decode({bytes, got}, index, epoch);
}

Checkpoint::Checkpoint(std::unique_ptr<File> file, const SegmentHeader& header)
    : file_(std::move(file)), geometry_(header.geometry), epoch_(header.epoch) {
    blocks_.resize(geometry_.status_blocks);
    for (uint32_t index = 0; index < blocks_.size(); ++index) {
        Block& block = blocks_[index];
        for (unsigned copy : {0u, 1u}) {
            auto found = read_status_block(*file_, geometry_, epoch_, copy, index);
            if (found && found->sequence > block.sequence)
                block = {found->sequence, std::move(found->words), true};
        }
    }
}

void Checkpoint::flush() {
    std::string live(blocks_.size() * word_bytes, '\0');
    file_->pread(live, geometry_.live_at());
    bool wrote = false;
    for (uint32_t index = 0; index < blocks_.size(); ++index) {
        const char* now = live.data() + index * word_bytes;
        const Block& block = blocks_[index];
        bool untouched = block.words.empty() &&
                         std::all_of(now, now + word_bytes, [](char c) { return c == 0; });
        bool same = !block.words.empty() && std::memcmp(now, block.words.data(), word_bytes) == 0;
        if (untouched || (same && block.durable))
            continue;
        write(index, words_in(now));
        wrote = true;
    }
    if (!wrote)
        return;
    file_->fdatasync();
    for (Block& block : blocks_)
        block.durable = true;
}

void Checkpoint::write(uint32_t index, std::vector<uint64_t> words) {
    Block& block = blocks_[index];
    // A block that may not have reached the disk is written over; its elder stays untouched.
    uint64_t sequence = block.sequence + (block.durable || block.words.empty() ? 1 : 2);
    StatusBlock next{sequence, words};
    block = {sequence, std::move(words), false};
    file_->pwrite(next.encode(index, epoch_), geometry_.copy_at(sequence % 2) + index * block_size);
}

}  // namespace spool
