#include "lib/base/error.h"
#include "tests/unit/qmgr/instance.h"

namespace qmgr {
namespace {

class FailingFile : public spool::File {
  public:
    FailingFile(std::unique_ptr<spool::File> file, const std::atomic<int>& failing)
        : file_(std::move(file)), failing_(failing) {}

    size_t pread(std::span<char> to, uint64_t offset) override {
        if (int code = failing_)
            throw base::SystemError("read", code);
        return file_->pread(to, offset);
    }
    void pwritev(std::span<const iovec> parts, uint64_t offset) override {
        file_->pwritev(parts, offset);
    }
    void fdatasync() override { file_->fdatasync(); }
    uint64_t size() override { return file_->size(); }
    bool lock_shared(spool::LockByte byte) override { return file_->lock_shared(byte); }
    bool lock_exclusive(spool::LockByte byte) override { return file_->lock_exclusive(byte); }
    void unlock(spool::LockByte byte) override { file_->unlock(byte); }
    bool linked() override { return file_->linked(); }

  private:
    std::unique_ptr<spool::File> file_;
    const std::atomic<int>& failing_;
};

}  // namespace

std::unique_ptr<spool::File> FailingDisk::open(const std::string& path, spool::OpenMode mode) {
    return std::make_unique<FailingFile>(spool::real_disk().open(path, mode), failing);
}

std::vector<std::string> FailingDisk::list(const std::string& directory) {
    return spool::real_disk().list(directory);
}

void FailingDisk::unlink(const std::string& path) {
    spool::real_disk().unlink(path);
}

void FailingDisk::rename(const std::string& from, const std::string& to) {
    spool::real_disk().rename(from, to);
}

void FailingDisk::fsync_dir(const std::string& directory) {
    spool::real_disk().fsync_dir(directory);
}

uint64_t FailingDisk::free_bytes(const std::string& directory) {
    return spool::real_disk().free_bytes(directory);
}

}  // namespace qmgr
