#include "lib/spool/draft.h"

#include <algorithm>

#include "lib/base/crc32c.h"
#include "lib/base/error.h"
#include "lib/spool/writer_state.h"

namespace spool {
namespace {

constexpr uint64_t file_piece = 64 << 10;  // written to a content file at a time

Refused refused(const base::SystemError& error) {
    bool full = error.code() == ENOSPC || error.code() == EDQUOT;
    return {full ? Refused::no_space : Refused::failed, error.what()};
}

}  // namespace

DraftState::~DraftState() {
    writer.memory_used -= counted;
    if (file)  // removing it waits for the disk
        writer.jobs.post([last_owner = std::move(file)]() mutable { last_owner.reset(); });
}

uint64_t DraftState::most_held() const {
    uint64_t largest = writer.options.segment_size / 8;
    return file ? file_piece : std::min(writer.options.inline_limit, largest);
}

bool DraftState::fits(std::string_view chunk) const {
    return held.size() + chunk.size() <= most_held() &&
           writer.memory_used + chunk.size() <= writer.options.memory_budget;
}

void DraftState::take(std::string_view chunk) {
    if (chunk.empty())
        return;
    if (!leading_dots)
        leading_dots = (last == '\n' && chunk[0] == '.') || chunk.find("\n.") != chunk.npos;
    last = chunk.back();
    crc = base::crc32c(chunk, crc);
    size += chunk.size();
    held.append(chunk);
    writer.memory_used += chunk.size();
    counted += chunk.size();
}

std::string DraftState::release() {
    writer.memory_used -= std::exchange(counted, 0);
    return std::exchange(held, {});
}

io::Task<void> DraftState::write_out(bool finish) {
    if (!file)
        file = std::make_shared<ContentFile>(writer.disk, writer.options.queue_directory);
    auto bytes = std::make_shared<std::string>(release());
    std::function<void()> job = [content = file, bytes, finish] {
        content->add(*bytes);
        if (finish)
            content->finish();
    };
    try {
        co_await writer.jobs.run(job);
    } catch (const base::SystemError& error) {
        throw refused(error);
    }
}

Draft::Draft(std::shared_ptr<DraftState> state) : state_(std::move(state)) {}
Draft::Draft(Draft&&) noexcept = default;
Draft& Draft::operator=(Draft&&) noexcept = default;
Draft::~Draft() = default;

uint64_t Draft::size() const {
    return state_->size;
}

bool Draft::ends_line() const {
    return state_->last == '\n';
}

bool Draft::try_append(std::string_view chunk) {
    uint64_t limit = state_->writer.options.message_limit;
    if ((limit > 0 && state_->size + chunk.size() > limit) || !state_->fits(chunk))
        return false;
    state_->take(chunk);
    return true;
}

io::Task<void> Draft::append(std::string_view chunk) {
    uint64_t limit = state_->writer.options.message_limit;
    if (limit > 0 && state_->size + chunk.size() > limit)
        throw Refused(Refused::too_big, "message size exceeds the limit");
    bool held = state_->fits(chunk);
    state_->take(chunk);
    if (!held)
        co_await state_->write_out(false);
}

}  // namespace spool
