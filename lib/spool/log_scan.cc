#include "lib/spool/log_scan.h"

#include <algorithm>
#include <cerrno>

#include "lib/base/crc32c.h"
#include "lib/base/error.h"
#include "lib/spool/record.h"
#include "lib/spool/segment_header.h"

namespace spool {

struct LogScan::Segment {
    std::unique_ptr<File> file;
    SegmentHeader header;
    uint64_t cursor = 0;
    uint64_t limit = 0;
};

namespace {

std::vector<std::string> names_in_log(Disk& disk, const std::string& queue_directory) {
    try {
        return disk.list(queue_directory + "/log");
    } catch (const base::SystemError& error) {
        if (error.code() == ENOENT)
            return {};
        throw;
    }
}

// None for a segment that was removed, is free, or cannot be read by its header.
std::unique_ptr<File> open_segment(Disk& disk, const std::string& path) {
    try {
        return disk.open(path, OpenMode::read);
    } catch (const base::SystemError& error) {
        if (error.code() == ENOENT)
            return nullptr;
        throw;
    }
}

std::optional<mail::Envelope> read_envelope(File& file, const RecordHeader& header) {
    std::string bytes(size_t{header.envelope_size} + header.name_size, '\0');
    size_t n = file.pread(std::span(bytes), header.offset + RecordHeader::size);
    if (n != bytes.size() || base::crc32c(bytes) != header.envelope_crc)
        return std::nullopt;
    try {
        base::Decoder in(std::string_view(bytes).substr(0, header.envelope_size));
        return mail::Envelope::decode(in);
    } catch (const base::DecodeError&) {
        return std::nullopt;
    }
}

}  // namespace

LogScan::LogScan(const std::string& queue_directory, Disk& disk)
    : disk_(disk), status_(queue_directory, disk) {
    for (const std::string& name : names_in_log(disk_, queue_directory)) {
        auto number = segment_number(name);
        if (!number)
            continue;
        auto segment = std::make_unique<Segment>();
        segment->file = open_segment(disk_, segment_path(queue_directory, *number));
        auto header = segment->file ? read_header(*segment->file) : std::nullopt;
        if (!header || header->state == SegmentState::free || header->kind != Kind::mail)
            continue;
        for (const Note& note : header->notes)
            valid_until_[{note.segment, note.epoch}] = note.valid_until;
        segment->cursor = header->geometry.records_at();
        segment->limit = header->state == SegmentState::sealed && header->committed
                             ? header->committed
                             : header->geometry.size;
        segment->header = std::move(*header);
        segments_.push_back(std::move(segment));
    }
    for (auto& segment : segments_) {
        auto note = valid_until_.find({segment->header.number, segment->header.epoch});
        if (note != valid_until_.end())
            segment->limit = std::min(segment->limit, note->second);
    }
}

LogScan::~LogScan() = default;

// None when the segment was recycled or removed meanwhile: all in it is done.
std::optional<std::vector<RecipientState>> LogScan::states_of(const RecordRef& ref, uint32_t n) {
    try {
        return status_.read(ref, n);
    } catch (const base::SystemError& error) {
        if (error.code() != ENOENT && error.code() != ESTALE)
            throw;
        return std::nullopt;
    }
}

std::optional<LoggedMessage> LogScan::next_in(Segment& segment) {
    while (segment.cursor + RecordHeader::size <= segment.limit) {
        char bytes[RecordHeader::size];
        size_t n = segment.file->pread(bytes, segment.cursor);
        auto header =
            RecordHeader::decode(std::string_view(bytes, n), segment.header.epoch, segment.cursor);
        auto envelope = header && header->end() <= segment.header.geometry.size
                            ? read_envelope(*segment.file, *header)
                            : std::nullopt;
        if (!envelope) {  // the padding of a batch, or nothing: batches begin on blocks
            segment.cursor = round_up(segment.cursor + 1, block_size);
            continue;
        }
        segment.cursor = round_up(header->end(), record_grid);
        LoggedMessage message;
        message.ref = {segment.header.number, segment.header.epoch, header->offset,
                       header->status_index};
        message.envelope = std::move(*envelope);
        message.size = header->content_size;
        auto states = states_of(message.ref, header->recipients);
        if (!states)
            return std::nullopt;
        message.states = std::move(*states);
        message.states.resize(message.envelope.recipients.size(), RecipientState::done);
        return message;
    }
    return std::nullopt;
}

std::optional<LoggedMessage> LogScan::next() {
    while (!segments_.empty()) {
        if (auto message = next_in(*segments_.back()))
            return message;
        segments_.pop_back();
    }
    return std::nullopt;
}

std::optional<LoggedMessage> find_logged(const std::string& queue_directory,
                                         const std::string& queue_id, Disk& disk) {
    LogScan scan(queue_directory, disk);
    while (auto message = scan.next())
        if (message->envelope.queue_id == queue_id)
            return message;
    return std::nullopt;
}

}  // namespace spool
