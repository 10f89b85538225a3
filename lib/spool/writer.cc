#include "lib/spool/writer.h"

#include "lib/base/crc32c.h"
#include "lib/io/loop.h"
#include "lib/spool/writer_state.h"

namespace spool {

using namespace std::chrono_literals;

WriterState::WriterState(Options given, Disk& the_disk)
    : options(std::move(given)),
      disk(the_disk),
      pool(options, disk),
      supply(pool, options.kind, jobs),
      numbers(disk, options.queue_directory, jobs),
      commits(supply, completions, options.refuse_within) {}

Writer::Writer(Options options, Disk& disk) : state_(new WriterState(std::move(options), disk)) {
    disk.list(state_->options.queue_directory + "/log");  // throws where there is none
}

Writer::~Writer() = default;

mail::QueueId Writer::next_id() {
    uint64_t number = state_->numbers.next();
    base::WallTime now = io::loop().wall();
    return mail::QueueId(state_->options.long_ids ? long_queue_id(now, number)
                                                  : short_queue_id(now, number));
}

bool Writer::has_room(uint64_t bytes) {
    WriterState& state = *state_;
    base::Instant now = io::loop().now();
    if (state.asked_room == base::Instant{} || now - state.asked_room >= 1s) {
        state.free_bytes = state.disk.free_bytes(state.options.queue_directory);
        state.asked_room = now;
    }
    return state.free_bytes >= state.options.min_free + bytes;
}

Draft Writer::draft() {
    return Draft(std::make_shared<DraftState>(*state_));
}

io::Task<Committed> Writer::commit(const mail::Envelope& envelope, Draft&& draft) {
    base::Encoder out;
    out.bytes(std::string(RecordHeader::size, '\0'));
    envelope.encode(out);
    auto pending = std::make_shared<Pending>();
    pending->head = out.take();
    pending->header.recipients = static_cast<uint32_t>(envelope.recipients.size());
    return committed(std::move(pending), std::move(draft));
}

io::Task<Committed> Writer::append(std::string_view entry) {
    auto pending = std::make_shared<Pending>();
    pending->head.reserve(RecordHeader::size + entry.size());
    pending->head.resize(RecordHeader::size);
    pending->head += entry;
    pending->header.flags = RecordHeader::journal_entry;
    return committed(std::move(pending), draft());
}

io::Task<Committed> Writer::committed(std::shared_ptr<Pending> pending, Draft draft) {
    DraftState& content = *draft.state_;
    RecordHeader& header = pending->header;
    header.envelope_size = static_cast<uint32_t>(pending->head.size() - RecordHeader::size);
    if (content.file) {
        co_await content.write_out(true);
        pending->file = content.file;
        pending->head += content.file->name();
        header.name_size = static_cast<uint32_t>(content.file->name().size());
    } else {
        pending->content = std::move(content.held);
    }
    header.envelope_crc = base::crc32c(std::string_view(pending->head).substr(RecordHeader::size));
    header.content_size = content.size;
    header.content_crc = content.crc;
    if (content.leading_dots)
        header.flags |= RecordHeader::leading_dots;
    state_->commits.commit(pending);
    co_await state_->completions.wait(pending);
    co_return Committed{pending->ref, pending->committed};
}

std::vector<Published> Writer::published() const {
    return state_->commits.published();
}

io::Task<void> Writer::rotate() {
    auto ticket = std::make_shared<Completions::Ticket>();
    state_->commits.rotate(ticket);
    co_await state_->completions.wait(ticket);
}

io::Task<void> Writer::close() {
    co_await rotate();
    SegmentSupply* supply = &state_->supply;
    std::function<void()> give_back = [supply] { supply->close(); };
    co_await state_->jobs.run(give_back);
}

}  // namespace spool
