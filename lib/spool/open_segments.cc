#include "lib/spool/open_segments.h"

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/spool/segment_header.h"

namespace spool {

bool has_epoch(File& segment, const RecordRef& ref) {
    auto header = read_header(segment);
    return header && header->epoch == ref.epoch && header->state != SegmentState::free;
}

std::unique_ptr<File> OpenSegments::open(const std::string& path) {
    try {
        return disk_.open(path, OpenMode::read);
    } catch (const base::SystemError& error) {
        if (error.code() != ENOENT)
            throw;
        throw Gone(path + " is gone");
    }
}

std::unique_ptr<File> OpenSegments::content_file(const std::string& name) {
    return open(base::text(queue_directory_, "/content/", name));
}

std::shared_ptr<File> OpenSegments::segment(const RecordRef& ref) {
    Opened& known = opened_[ref.segment];
    std::shared_ptr<File> file = known.file.lock();
    if (file && known.epoch == ref.epoch)
        return file;  // its lock was there all the time: the epoch is still the same
    file = open(segment_path(queue_directory_, ref.segment));
    if (!file->lock_shared(LockByte::readers) || !has_epoch(*file, ref))
        throw Gone(base::text("log segment ", ref.segment, " was recycled"));
    known.epoch = ref.epoch;
    known.file = file;
    return file;
}

}  // namespace spool
