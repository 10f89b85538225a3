#include "lib/spool/record.h"

#include <cstring>

#include "lib/base/crc32c.h"

namespace spool {
namespace {

constexpr std::string_view magic = "PHR1";
constexpr size_t epoch_at = 8;
constexpr size_t covered_at = 8;  // by the header's CRC

template <class N>
void put(char*& to, N number) {
    std::memcpy(to, &number, sizeof number);
    to += sizeof number;
}

}  // namespace

void RecordHeader::encode(char* to) const {
    char* at = to + epoch_at;
    std::memcpy(at, epoch.data(), epoch.size());
    at += epoch.size();
    put(at, offset);
    put(at, batch);
    put(at, content_size);
    put(at, envelope_size);
    put(at, envelope_crc);
    put(at, content_crc);
    put(at, status_index);
    put(at, recipients);
    put(at, name_size);
    put(at, flags);
    put(at, batch_size);
    std::memcpy(to, magic.data(), magic.size());
    uint32_t crc = base::crc32c({to + covered_at, size - covered_at});
    std::memcpy(to + magic.size(), &crc, sizeof crc);
}

std::optional<RecordHeader> RecordHeader::decode(std::string_view bytes, const Epoch& epoch,
                                                 uint64_t offset) {
    if (bytes.size() < size || bytes.substr(0, magic.size()) != magic ||
        std::memcmp(bytes.data() + epoch_at, epoch.data(), epoch.size()) != 0)
        return std::nullopt;
    base::Decoder in(bytes.substr(magic.size(), size - magic.size()));
    if (in.u32() != base::crc32c(bytes.substr(covered_at, size - covered_at)))
        return std::nullopt;
    in.bytes(epoch.size());
    RecordHeader header;
    header.epoch = epoch;
    header.offset = in.u64();
    header.batch = in.u64();
    header.content_size = in.u64();
    header.envelope_size = in.u32();
    header.envelope_crc = in.u32();
    header.content_crc = in.u32();
    header.status_index = in.u32();
    header.recipients = in.u32();
    header.name_size = in.u32();
    header.flags = in.u32();
    header.batch_size = in.u32();
    if (header.offset != offset)
        return std::nullopt;
    return header;
}

}  // namespace spool
