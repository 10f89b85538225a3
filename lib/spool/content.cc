#include "lib/spool/content.h"

#include <algorithm>

#include "lib/base/crc32c.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/spool/record.h"
#include "lib/spool/segment_header.h"

namespace spool {

struct Content::State {
    RecordRef ref;
    std::unique_ptr<File> segment;  // its lock keeps the record there
    RecordHeader header;
    std::unique_ptr<File> own_file;  // null: the content is in the segment
    std::string envelope;

    File& file() { return own_file ? *own_file : *segment; }
    uint64_t start() const { return own_file ? 0 : header.content_at(); }
};

namespace {

bool has_epoch(File& segment, const RecordRef& ref) {
    auto header = read_header(segment);
    return header && header->epoch == ref.epoch && header->state != SegmentState::free;
}

std::unique_ptr<File> open_there(Disk& disk, const std::string& path) {
    try {
        return disk.open(path, OpenMode::read);
    } catch (const base::SystemError& error) {
        if (error.code() != ENOENT)
            throw;
        throw Gone(path + " is gone");
    }
}

}  // namespace

Content::Content(std::unique_ptr<State> state) : state_(std::move(state)) {}
Content::Content(Content&&) noexcept = default;
Content& Content::operator=(Content&&) noexcept = default;
Content::~Content() = default;

Content Content::open(Disk& disk, const std::string& queue_directory, const RecordRef& ref) {
    auto state = std::make_unique<State>();
    state->ref = ref;
    state->segment = open_there(disk, segment_path(queue_directory, ref.segment));
    if (!state->segment->lock_shared(LockByte::readers) || !has_epoch(*state->segment, ref))
        throw Gone(base::text("log segment ", ref.segment, " was recycled"));
    char bytes[4096];  // the envelope too, mostly
    size_t got = state->segment->pread(bytes, ref.offset);
    auto header = RecordHeader::decode({bytes, got}, ref.epoch, ref.offset);
    std::string damaged =
        base::text("log segment ", ref.segment, ": damaged record at ", ref.offset);
    if (!header)
        throw Gone(damaged);
    state->header = *header;
    state->envelope.resize(header->envelope_size + header->name_size);
    if (RecordHeader::size + state->envelope.size() <= got)
        std::copy_n(bytes + RecordHeader::size, state->envelope.size(), state->envelope.data());
    else
        state->segment->pread(state->envelope, ref.offset + RecordHeader::size);
    if (base::crc32c(state->envelope) != header->envelope_crc)
        throw Gone(damaged);
    if (!header->content_inside())
        state->own_file =
            open_there(disk, base::text(queue_directory, "/content/",
                                        state->envelope.substr(header->envelope_size)));
    return Content(std::move(state));
}

uint64_t Content::size() const {
    return state_->header.content_size;
}

bool Content::has_leading_dots() const {
    return state_->header.flags & RecordHeader::leading_dots;
}

size_t Content::read(std::span<char> to, uint64_t offset) {
    uint64_t left = offset < size() ? size() - offset : 0;
    to = to.first(std::min<uint64_t>(to.size(), left));
    return to.empty() ? 0 : state_->file().pread(to, state_->start() + offset);
}

bool Content::still_valid() const {
    return has_epoch(*state_->segment, state_->ref);
}

mail::Envelope Content::envelope() {
    base::Decoder in(std::string_view(state_->envelope).substr(0, state_->header.envelope_size));
    return mail::Envelope::decode(in);
}

}  // namespace spool
