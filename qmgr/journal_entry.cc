#include "qmgr/journal_entry.h"

namespace qmgr {

namespace {

constexpr uint8_t version = 2;
constexpr size_t least_outcome = 12;

}  // namespace

std::string JournalEntry::encode() const {
    base::Encoder out;
    out.u8(version).u64(sequence).string(queue_id);
    ipc::encode(out, message);
    out.u32(attempts).u32(deaths).i64(next_attempt.time_since_epoch().count());
    out.u32(static_cast<uint32_t>(outcomes.size()));
    for (const mail::Outcome& outcome : outcomes)
        outcome.encode(out);
    return out.take();
}

JournalEntry JournalEntry::decode(std::string_view bytes) {
    base::Decoder in(bytes);
    if (in.u8() != version)
        throw base::DecodeError("journal entry of another version");
    JournalEntry entry;
    entry.sequence = in.u64();
    entry.queue_id = in.string();
    entry.message = ipc::decode_message_ref(in);
    entry.attempts = in.u32();
    entry.deaths = in.u32();
    entry.next_attempt = base::WallTime(base::Duration(in.i64()));
    uint32_t count = in.u32();
    if (count > in.left() / least_outcome)
        throw base::DecodeError("more outcomes than bytes");
    for (; count > 0; --count)
        entry.outcomes.push_back(mail::Outcome::decode(in));
    return entry;
}

}  // namespace qmgr
