// SpoolQueue is the real queue: records of the log and queue files.
#pragma once

#include <string>

#include "lib/spool/open_segments.h"
#include "lib/spool/queue_folders.h"
#include "lib/spool/status_area.h"
#include "smtp/queue.h"

namespace smtp {

class SpoolQueue : public Queue {
  public:
    // The folders' root is the queue directory as this process sees it.
    explicit SpoolQueue(spool::QueueFolders folders);

    std::unique_ptr<spool::MessageSource> open(const ipc::DeliveryRequest& request) override;
    mail::Envelope envelope(const ipc::DeliveryRequest& request) override;
    void delivered(const ipc::DeliveryRequest& request,
                   const std::vector<uint32_t>& places) override;

  private:
    std::string path_of(const ipc::FileRef& file) const;
    void mark(const ipc::DeliveryRequest& request, const std::vector<uint32_t>& places);

    spool::QueueFolders folders_;
    spool::OpenSegments segments_;
    spool::StatusArea statuses_;
};

}  // namespace smtp
