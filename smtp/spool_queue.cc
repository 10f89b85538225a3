#include "smtp/spool_queue.h"

#include "lib/spool/content.h"
#include "lib/spool/log_source.h"
#include "lib/spool/queue_file.h"
#include "lib/spool/queue_file_content.h"
#include "smtp/log.h"

namespace smtp {

SpoolQueue::SpoolQueue(spool::QueueFolders folders)
    : folders_(std::move(folders)),
      segments_(spool::real_disk(), folders_.root),
      statuses_(folders_.root) {}

std::string SpoolQueue::path_of(const ipc::FileRef& file) const {
    std::optional<std::string> path = folders_.find(file.queue, file.id);
    return path ? *path : folders_.path(file.queue, file.id);
}

std::unique_ptr<spool::MessageSource> SpoolQueue::open(const ipc::DeliveryRequest& request) {
    if (const auto* file = std::get_if<ipc::FileRef>(&request.message))
        return std::make_unique<spool::QueueFileContent>(path_of(*file));
    const auto& record = std::get<spool::RecordRef>(request.message);
    return std::make_unique<spool::LogSource>(spool::Content::open(segments_, record));
}

mail::Envelope SpoolQueue::envelope(const ipc::DeliveryRequest& request) {
    if (const auto* file = std::get_if<ipc::FileRef>(&request.message))
        return spool::load_queue_file(path_of(*file)).envelope;
    const auto& record = std::get<spool::RecordRef>(request.message);
    return spool::Content::open(segments_, record).envelope();
}

void SpoolQueue::delivered(const ipc::DeliveryRequest& request,
                           const std::vector<uint32_t>& places) {
    try {
        mark(request, places);
    } catch (const std::runtime_error& error) {
        log::not_marked(request, error.what());
    }
}

void SpoolQueue::mark(const ipc::DeliveryRequest& request, const std::vector<uint32_t>& places) {
    if (const auto* file = std::get_if<ipc::FileRef>(&request.message)) {
        std::vector<uint64_t> marks;
        for (uint32_t place : places)
            marks.push_back(request.recipients[place].mark);
        spool::mark_done(path_of(*file), marks);
        return;
    }
    const auto& record = std::get<spool::RecordRef>(request.message);
    for (uint32_t place : places)
        statuses_.mark(record, request.recipients[place].index, spool::RecipientState::delivered);
}

}  // namespace smtp
