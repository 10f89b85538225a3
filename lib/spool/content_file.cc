#include "lib/spool/content_file.h"

#include "lib/base/error.h"
#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/spool/content_sweep.h"

namespace spool {

ContentFile::ContentFile(Disk& disk, std::string queue_directory)
    : disk_(disk),
      queue_directory_(std::move(queue_directory)),
      name_(base::upper_hex(base::random_number(), 16)) {}

ContentFile::~ContentFile() {
    if (!file_ || kept_)
        return;
    try {
        remove_content_file(disk_, queue_directory_, name_);
    } catch (const base::SystemError&) {  // an orphan now, which ContentSweep finds
    }
}

std::string ContentFile::path() const {
    return base::text(queue_directory_, "/content/", name_);
}

void ContentFile::create() {
    auto file = disk_.open(path(), OpenMode::create);
    if (!file->lock_exclusive(LockByte::writer) || !file->linked())
        throw base::SystemError("lock " + path(), EAGAIN);  // a sweep was quicker: rare
    file_ = std::move(file);
}

void ContentFile::add(std::string_view bytes) {
    if (!file_)
        create();
    if (!bytes.empty())
        file_->pwrite(bytes, size_);
    size_ += bytes.size();
}

void ContentFile::finish() {
    file_->fdatasync();
    disk_.fsync_dir(queue_directory_ + "/content");
}

}  // namespace spool
