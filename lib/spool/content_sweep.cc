#include "lib/spool/content_sweep.h"

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"

namespace spool {

ContentSweep::ContentSweep(Disk& disk, std::string queue_directory, size_t most)
    : disk_(disk), queue_directory_(std::move(queue_directory)) {
    for (const std::string& name : disk_.list(queue_directory_ + "/content")) {
        if (left_.size() == most)
            return;
        try {
            auto file =
                disk_.open(base::text(queue_directory_, "/content/", name), OpenMode::write);
            if (file->lock_exclusive(LockByte::writer))
                left_.emplace(name, std::move(file));
        } catch (const base::SystemError& error) {
            if (error.code() != ENOENT)
                throw;
        }
    }
}

size_t ContentSweep::remove_rest() {
    size_t removed = left_.size();
    for (const auto& [name, file] : left_)
        remove_content_file(disk_, queue_directory_, name);
    left_.clear();
    return removed;
}

void remove_content_file(Disk& disk, const std::string& queue_directory, const std::string& name) {
    try {
        disk.unlink(base::text(queue_directory, "/content/", name));
    } catch (const base::SystemError& error) {
        if (error.code() != ENOENT)
            throw;
    }
}

}  // namespace spool
