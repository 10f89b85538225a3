// OpenSegments shares the opening of a segment among all who read records of it at a time.
//
// A segment stays open, with the readers' lock that keeps it from being recycled, just as long as
// somebody reads it. One thread uses an OpenSegments.
#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "lib/spool/disk.h"
#include "lib/spool/options.h"
#include "lib/spool/record_ref.h"

namespace spool {

// The record is no longer there (its segment was recycled), or is damaged: what() says which.
struct Gone : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class OpenSegments {
  public:
    // `disk` outlives it.
    OpenSegments(Disk& disk, std::string queue_directory)
        : disk_(disk), queue_directory_(std::move(queue_directory)) {}

    // The segment of this record, locked for reading; shared by those who read it. Throws Gone or
    // base::SystemError.
    std::shared_ptr<File> segment(const RecordRef& ref);
    // A file of content/, opened for the caller alone.
    std::unique_ptr<File> content_file(const std::string& name);

  private:
    struct Opened {
        Epoch epoch{};
        std::weak_ptr<File> file;
    };
    std::unique_ptr<File> open(const std::string& path);

    Disk& disk_;
    std::string queue_directory_;
    std::map<uint32_t, Opened> opened_;
};

// Whether the segment still has the record's epoch.
bool has_epoch(File& segment, const RecordRef& ref);

}  // namespace spool
