// RecordRef names one record of the log, for ever: no two records have the same segment and epoch
// and offset.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "lib/base/encode.h"

namespace spool {

// Chosen at random whenever a segment is claimed. A secret: it goes to our own processes only,
// never into a log line, a reply or a file outside the queue directory.
using Epoch = std::array<unsigned char, 16>;

struct RecordRef {
    uint32_t segment = 0;
    Epoch epoch{};
    uint64_t offset = 0;
    uint32_t status_index = 0;  // the status word of recipient 0; the others follow

    void encode(base::Encoder& out) const;
    static RecordRef decode(base::Decoder& in);
    auto operator<=>(const RecordRef&) const = default;
};

}  // namespace spool
