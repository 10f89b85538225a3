#include "lib/spool/content.h"

#include <algorithm>

#include "lib/base/crc32c.h"
#include "lib/base/text.h"
#include "lib/spool/record.h"

namespace spool {

namespace {

// The first read of a record: with most messages it brings all of them.
constexpr size_t head_size = 8192;
constexpr size_t check_size = 65536;

}  // namespace

struct Content::State {
    RecordRef ref;
    std::shared_ptr<File> segment;  // its lock keeps the record there; shared, see OpenSegments
    RecordHeader header;
    std::unique_ptr<File> own_file;  // null: the content is in the segment
    std::string head;                // the record's first bytes

    File& file() { return own_file ? *own_file : *segment; }
    uint64_t start() const { return own_file ? 0 : header.content_at(); }
    // Envelope and file name.
    std::string_view names() const {
        return std::string_view(head).substr(RecordHeader::size,
                                             header.envelope_size + header.name_size);
    }
    // What the head has of the content from `offset` on.
    std::string_view in_head(uint64_t offset) const {
        uint64_t at = header.content_at() - ref.offset + offset;
        return own_file || at >= head.size() ? std::string_view()
                                             : std::string_view(head).substr(at);
    }
};

Content::Content(std::unique_ptr<State> state) : state_(std::move(state)) {}
Content::Content(Content&&) noexcept = default;
Content& Content::operator=(Content&&) noexcept = default;
Content::~Content() = default;

Content Content::open(Disk& disk, const std::string& queue_directory, const RecordRef& ref) {
    OpenSegments alone(disk, queue_directory);
    return open(alone, ref);
}

Content Content::open(OpenSegments& segments, const RecordRef& ref) {
    auto state = std::make_unique<State>();
    state->ref = ref;
    state->segment = segments.segment(ref);
    std::string& head = state->head;
    head.resize(head_size);
    head.resize(state->segment->pread(head, ref.offset));
    auto header = RecordHeader::decode(head, ref.epoch, ref.offset);
    std::string damaged =
        base::text("log segment ", ref.segment, ": damaged record at ", ref.offset);
    if (!header)
        throw Gone(damaged);
    state->header = *header;
    size_t whole = RecordHeader::size + header->envelope_size + header->name_size;
    if (head.size() < whole) {
        head.resize(whole);
        head.resize(state->segment->pread(head, ref.offset));
    }
    if (base::crc32c(state->names()) != header->envelope_crc)
        throw Gone(damaged);
    if (!header->content_inside())
        state->own_file =
            segments.content_file(std::string(state->names().substr(header->envelope_size)));
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
    std::string_view known = state_->in_head(offset).substr(0, to.size());
    std::ranges::copy(known, to.begin());
    if (known.size() == to.size())
        return to.size();
    size_t more =
        state_->file().pread(to.subspan(known.size()), state_->start() + offset + known.size());
    return known.size() + more;
}

bool Content::intact() {
    std::string piece(check_size, '\0');
    uint32_t crc = 0;
    uint64_t at = 0;
    while (size_t n = read(std::span(piece), at)) {
        crc = base::crc32c(std::string_view(piece).substr(0, n), crc);
        at += n;
    }
    return at == size() && crc == state_->header.content_crc;
}

bool Content::still_valid() const {
    return has_epoch(*state_->segment, state_->ref);
}

mail::Envelope Content::envelope() {
    base::Decoder in(state_->names().substr(0, state_->header.envelope_size));
    return mail::Envelope::decode(in);
}

}  // namespace spool
