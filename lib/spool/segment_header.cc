#include "lib/spool/segment_header.h"

#include <algorithm>

#include "lib/base/crc32c.h"
#include "lib/base/text.h"

namespace spool {
namespace {

constexpr std::string_view magic = "PHLOGSEG";
constexpr uint32_t version = 1;
constexpr size_t notes_at = 96;
constexpr size_t crc_at = block_size - 4;
constexpr uint64_t least_size = 64 << 10;

void put_epoch(base::Encoder& out, const Epoch& epoch) {
    out.bytes({reinterpret_cast<const char*>(epoch.data()), epoch.size()});
}

Epoch get_epoch(base::Decoder& in) {
    Epoch epoch;
    std::string_view bytes = in.bytes(epoch.size());
    std::copy(bytes.begin(), bytes.end(), epoch.begin());
    return epoch;
}

}  // namespace

Geometry Geometry::of(uint64_t size) {
    uint64_t blocks = std::max(size, least_size) / block_size;
    return {blocks * block_size, static_cast<uint32_t>(std::max<uint64_t>(1, blocks / 64))};
}

std::string SegmentHeader::encode() const {
    base::Encoder out;
    out.bytes(magic).u32(version).u32(static_cast<uint32_t>(state)).u64(sequence);
    put_epoch(out, epoch);
    out.u32(static_cast<uint32_t>(kind)).u32(number).u64(geometry.size);
    out.u32(geometry.status_blocks).u32(static_cast<uint32_t>(notes.size()));
    out.u64(claims).u64(committed);
    std::string block = out.take();
    block.resize(notes_at);
    base::Encoder list;
    for (const Note& note : notes) {
        list.u32(note.segment).u32(0);
        put_epoch(list, note.epoch);
        list.u64(note.valid_until);
    }
    block += list.view();
    block.resize(crc_at);
    base::Encoder crc;
    crc.u32(base::crc32c(block));
    return block + crc.view();
}

std::optional<SegmentHeader> SegmentHeader::decode(std::string_view block) {
    if (block.size() != block_size || block.substr(0, magic.size()) != magic)
        return std::nullopt;
    if (base::Decoder(block.substr(crc_at)).u32() != base::crc32c(block.substr(0, crc_at)))
        return std::nullopt;
    base::Decoder in(block.substr(magic.size()));
    if (in.u32() != version)
        return std::nullopt;
    SegmentHeader header;
    header.state = static_cast<SegmentState>(in.u32());
    header.sequence = in.u64();
    header.epoch = get_epoch(in);
    header.kind = static_cast<Kind>(in.u32());
    header.number = in.u32();
    header.geometry.size = in.u64();
    header.geometry.status_blocks = in.u32();
    uint32_t notes = in.u32();
    header.claims = in.u64();
    header.committed = in.u64();
    if (notes > most_notes)
        return std::nullopt;
    base::Decoder list(block.substr(notes_at));
    for (; notes > 0; --notes) {
        Note note;
        note.segment = list.u32();
        list.u32();
        note.epoch = get_epoch(list);
        note.valid_until = list.u64();
        header.notes.push_back(note);
    }
    return header;
}

std::optional<SegmentHeader> read_header(File& file) {
    char blocks[2 * block_size];
    size_t got = file.pread(blocks, 0);
    std::string_view bytes(blocks, got);
    if (got < sizeof blocks)
        return std::nullopt;
    auto first = SegmentHeader::decode(bytes.substr(0, block_size));
    auto second = SegmentHeader::decode(bytes.substr(block_size));
    if (first && second)
        return first->sequence > second->sequence ? first : second;
    return first ? first : second;
}

void write_header(File& file, SegmentHeader& header) {
    ++header.sequence;
    file.pwrite(header.encode(), header.sequence % 2 * block_size);
    file.fdatasync();
}

std::string segment_path(const std::string& queue_directory, uint32_t number) {
    std::string digits = base::text(number);
    if (digits.size() < 6)
        digits.insert(0, 6 - digits.size(), '0');
    return base::text(queue_directory, "/log/", digits);
}

std::optional<uint32_t> segment_number(std::string_view name) {
    if (name.size() < 6)
        return std::nullopt;
    return base::number<uint32_t>(name);
}

}  // namespace spool
