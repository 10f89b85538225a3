// RecordHeader is the first 80 bytes of a record in a segment; see FORMAT.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/spool/record_ref.h"

namespace spool {

struct RecordHeader {
    static constexpr size_t size = 80;
    static constexpr uint32_t leading_dots = 1;
    static constexpr uint32_t journal_entry = 2;

    Epoch epoch{};
    uint64_t offset = 0;
    uint64_t batch = 0;  // offset of the first record that was flushed together with this one
    uint64_t content_size = 0;
    uint32_t envelope_size = 0;
    uint32_t envelope_crc = 0;  // of envelope and file name
    uint32_t content_crc = 0;
    uint32_t status_index = 0;
    uint32_t recipients = 0;
    uint32_t name_size = 0;  // of the content file's name; 0: the content is in the record
    uint32_t flags = 0;
    uint32_t batch_size = 0;  // without the padding behind its last record

    bool content_inside() const { return name_size == 0; }
    uint64_t content_at() const { return offset + size + envelope_size + name_size; }
    uint64_t end() const { return content_at() + (content_inside() ? content_size : 0); }

    void encode(char* to) const;  // `size` bytes
    // None unless the bytes are a whole header of this epoch that belongs to this offset.
    static std::optional<RecordHeader> decode(std::string_view bytes, const Epoch& epoch,
                                              uint64_t offset);
};

}  // namespace spool
