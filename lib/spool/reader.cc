#include "lib/spool/reader.h"

#include <optional>

#include "lib/base/crc32c.h"
#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/spool/record.h"
#include "lib/spool/segment_header.h"
#include "lib/spool/segment_window.h"

namespace spool {

struct Reader::State {
    State(const Options& options, uint32_t segment, Disk& the_disk);

    std::optional<RecordHeader> header_at(uint64_t offset);
    uint64_t next_header(uint64_t from);
    std::optional<Record> next();
    std::optional<Record> record(const RecordHeader& header);
    void content_of(const RecordHeader& header, std::string_view name);
    void pass_gap();
    void lose(uint64_t from, uint64_t to);
    void put_aside(uint64_t from, uint64_t to);
    bool has_remains(uint64_t from, uint64_t to);
    void find_end();
    void find_last_batch();
    std::optional<uint64_t> noted_end();

    std::string queue_directory;
    Disk& disk;
    std::unique_ptr<File> file;
    SegmentHeader header;
    SegmentWindow window;
    uint64_t cursor = 0;
    uint64_t limit = 0;      // nothing at or after this is read
    uint64_t promised = 0;   // all before this was acknowledged, so what is missing is damage
    uint64_t batch_end = 0;  // of the batch that the last record belongs to
    bool ownerless = false;
    bool torn = false;  // said so
    unsigned damaged = 0;
};

namespace {

std::unique_ptr<File> open_segment(Disk& disk, const std::string& path) {
    auto file = disk.open(path, OpenMode::write);
    if (!file->lock_shared(LockByte::readers))
        throw NotASegment(path + ": being recycled");
    return file;
}

}  // namespace

Reader::State::State(const Options& options, uint32_t segment, Disk& the_disk)
    : queue_directory(options.queue_directory),
      disk(the_disk),
      file(open_segment(disk, segment_path(queue_directory, segment))),
      window(*file) {
    auto found = read_header(*file);
    if (!found || found->state == SegmentState::free || found->number != segment)
        throw NotASegment(segment_path(queue_directory, segment) + ": no records");
    header = *found;
    cursor = limit = promised = header.geometry.records_at();
}

Reader::Reader(const Options& options, uint32_t segment, Disk& disk)
    : state_(new State(options, segment, disk)) {}
Reader::~Reader() = default;

uint32_t Reader::segment() const {
    return state_->header.number;
}
const Epoch& Reader::epoch() const {
    return state_->header.epoch;
}
Kind Reader::kind() const {
    return state_->header.kind;
}
bool Reader::finished() const {
    return state_->ownerless && state_->cursor >= state_->limit;
}
unsigned Reader::damaged() const {
    return state_->damaged;
}

void Reader::published(const Epoch& epoch, uint64_t committed) {
    State& s = *state_;
    if (s.ownerless || epoch != s.header.epoch || committed <= s.limit ||
        committed > s.header.geometry.size)
        return;
    s.limit = s.promised = committed;
    s.window.forget();
}

// --- the end of a segment whose writer is gone ---

bool Reader::take_over() {
    State& s = *state_;
    if (s.ownerless)
        return true;
    if (!s.file->lock_exclusive(LockByte::writer))
        return false;
    const uint64_t limit = s.limit;
    try {
        s.find_end();
    } catch (const base::SystemError&) {
        s.limit = limit;
        s.window.forget();
        s.file->unlock(LockByte::writer);
        throw;
    }
    s.file->unlock(LockByte::writer);
    s.ownerless = true;
    return true;
}

void Reader::State::find_end() {
    window.forget();
    auto now = read_header(*file);
    uint64_t end = 0;
    if (now && now->epoch == header.epoch && now->state == SegmentState::sealed)
        end = now->committed;
    else if (auto noted = noted_end())
        end = *noted;
    if (end != 0) {
        limit = promised = std::max(limit, std::min(end, header.geometry.size));
        return;
    }
    limit = header.geometry.size;
    find_last_batch();
}

// How far another header says that this segment is valid.
std::optional<uint64_t> Reader::State::noted_end() {
    for (const std::string& name : disk.list(queue_directory + "/log")) {
        auto number = segment_number(name);
        if (!number || *number == header.number)
            continue;
        std::optional<SegmentHeader> other;
        try {
            other = read_header(*disk.open(segment_path(queue_directory, *number), OpenMode::read));
        } catch (const base::SystemError& error) {
            if (error.code() != ENOENT)
                throw;
        }
        if (!other)
            continue;
        for (const Note& note : other->notes)
            if (note.segment == header.number && note.epoch == header.epoch)
                return note.valid_until;
    }
    return std::nullopt;
}

// A batch is begun only when the one before is durable: its being there is the promise for all
// that lies before it.
void Reader::State::find_last_batch() {
    for (uint64_t at = next_header(cursor); at < limit; at = next_header(at)) {
        auto found = header_at(at);
        promised = std::max(promised, found->batch);
        uint64_t end = round_up(found->end(), record_grid);
        at = end > at && end <= limit ? end : at + record_grid;
    }
}

// --- reading on ---

std::optional<RecordHeader> Reader::State::header_at(uint64_t offset) {
    auto found = RecordHeader::decode(window.at(offset, RecordHeader::size), header.epoch, offset);
    if (found && (found->end() > header.geometry.size || found->batch > offset))
        return std::nullopt;
    return found;
}

// The first place at or after `from` with a whole record header, or the limit.
uint64_t Reader::State::next_header(uint64_t from) {
    uint64_t at = round_up(from, record_grid);
    while (at < limit && !header_at(at))
        at += record_grid;
    return std::min(at, limit);
}

std::optional<Record> Reader::next() {
    const uint64_t cursor = state_->cursor;
    try {
        return state_->next();
    } catch (const base::SystemError&) {
        state_->cursor = cursor;
        state_->window.forget();
        throw;
    }
}

std::optional<Record> Reader::State::next() {
    while (cursor < limit) {
        auto at = header_at(cursor);
        if (!at) {
            pass_gap();
            continue;
        }
        batch_end = at->batch + at->batch_size;
        cursor = round_up(at->end(), record_grid);
        if (at->end() >= batch_end)
            cursor = round_up(batch_end, block_size);
        if (auto found = record(*at))
            return found;
        lose(at->offset, at->end());
    }
    window.forget();
    return std::nullopt;
}

// Between the records: padding, damage, or what was never written.
void Reader::State::pass_gap() {
    uint64_t from = cursor;
    cursor = next_header(from);
    lose(from, cursor);
}

// None where its bytes are not what was written.
std::optional<Record> Reader::State::record(const RecordHeader& at) {
    size_t stored = static_cast<size_t>(at.end() - at.offset);
    std::string_view bytes = window.at(at.offset, stored);
    if (bytes.size() < stored)
        return std::nullopt;
    std::string_view head = bytes.substr(RecordHeader::size, at.envelope_size + at.name_size);
    if (base::crc32c(head) != at.envelope_crc)
        return std::nullopt;
    Record record;
    record.ref = {header.number, header.epoch, at.offset, at.status_index};
    record.recipients = at.recipients;
    record.content_size = at.content_size;
    record.has_leading_dots = at.flags & RecordHeader::leading_dots;
    record.content_file = head.substr(at.envelope_size);
    std::string_view envelope = head.substr(0, at.envelope_size);
    // What a living writer has committed is in the page cache as it was written.
    if (ownerless && at.content_inside() &&
        base::crc32c(bytes.substr(RecordHeader::size + head.size())) != at.content_crc)
        return std::nullopt;
    try {
        if (ownerless && !at.content_inside() &&
            disk.open(base::text(queue_directory, "/content/", record.content_file), OpenMode::read)
                    ->size() != at.content_size)
            return std::nullopt;
        if (at.flags & RecordHeader::journal_entry) {
            record.entry = envelope;
        } else {
            base::Decoder in(envelope);
            record.envelope = mail::Envelope::decode(in);
        }
    } catch (const base::DecodeError&) {
        return std::nullopt;
    } catch (const base::SystemError& error) {
        if (error.code() != ENOENT)
            throw;
        return std::nullopt;
    }
    return record;
}

// What lies in [from, to) is not readable: damage where it was promised, else a torn tail.
void Reader::State::lose(uint64_t from, uint64_t to) {
    if (from < promised) {
        put_aside(from, std::min(to, promised));
        ++damaged;
    } else if (!torn && has_remains(from, to)) {
        torn = true;
        base::log::info(base::text("log segment ", header.number, ": dropped a torn tail at ", from,
                                   " that nobody was promised"));
    }
}

// Whether a record was once begun there; else it is what an earlier use of the segment left.
bool Reader::State::has_remains(uint64_t from, uint64_t to) {
    constexpr size_t epoch_at = 8;
    std::string_view epoch(reinterpret_cast<const char*>(header.epoch.data()), sizeof(Epoch));
    for (uint64_t at = round_up(from, record_grid); at < to; at += record_grid)
        if (window.at(at + epoch_at, epoch.size()) == epoch)
            return true;
    return false;
}

void Reader::State::put_aside(uint64_t from, uint64_t to) {
    std::string name = base::text("log-", header.number, "-", from);
    std::string directory = queue_directory + "/corrupt";
    std::string path = base::text(directory, "/", name);
    std::unique_ptr<File> out;
    try {
        out = disk.open(path, OpenMode::create);
    } catch (const base::SystemError& error) {
        if (error.code() != EEXIST)
            throw;
        out = disk.open(path, OpenMode::write);  // from a recovery before
    }
    out->pwrite(window.at(from, static_cast<size_t>(to - from)), 0);
    out->fdatasync();
    disk.fsync_dir(directory);
    base::log::warning(base::text("log segment ", header.number, " is damaged from ", from, " to ",
                                  to, ", saved as corrupt/", name));
}

}  // namespace spool
