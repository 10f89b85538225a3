#include "lib/spool/move.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/spool/queue_file_writer.h"

namespace spool {

namespace {

std::string temporary_name() {
    static std::atomic<unsigned> count = 0;
    return base::text(base::wall_now().time_since_epoch().count(), '.', ::getpid(), '.', ++count);
}

bool is_temporary_name(std::string_view name) {
    return std::count(name.begin(), name.end(), '.') == 2 &&
           name.find_first_not_of("0123456789.") == name.npos;
}

// A new file that is removed unless it is kept.
class NewFile {
  public:
    explicit NewFile(std::string path)
        : path_(std::move(path)),
          fd_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
        if (!fd_)
            throw base::SystemError(base::text("create ", path_));
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile() {
        if (!kept_)
            ::unlink(path_.c_str());
    }

    int fd() const { return fd_.get(); }
    // Ready, with its time, and durable.
    void finish(base::WallTime modified) {
        timespec times[2];
        auto since = modified.time_since_epoch();
        times[1].tv_sec = std::chrono::floor<std::chrono::seconds>(since).count();
        times[1].tv_nsec = 0;
        times[0] = times[1];
        if (::fchmod(fd_.get(), 0700) != 0 || ::futimens(fd_.get(), times) != 0 ||
            ::fsync(fd_.get()) != 0)
            throw base::SystemError(base::text("fsync ", path_));
    }
    void rename(const std::string& to) {
        if (::rename(path_.c_str(), to.c_str()) != 0)
            throw base::SystemError(base::text("rename ", path_, " to ", to));
        path_ = to;
    }
    void keep() { kept_ = true; }

  private:
    std::string path_;
    base::Fd fd_;
    bool kept_ = false;
};

std::vector<DeferEntry> log_entries(const Move& move, const std::vector<RecipientPlace>& places) {
    std::vector<DeferEntry> entries;
    for (const DeferReason& reason : move.reasons) {
        if (reason.recipient >= places.size())
            continue;
        const mail::Recipient& to = move.envelope.recipients[reason.recipient];
        entries.push_back({to.address, to.original, places[reason.recipient].mark, to.orcpt,
                           to.notify, reason.dsn, reason.diagnostic, reason.remote_mta,
                           reason.reason});
    }
    return entries;
}

}  // namespace

Moved write_moved(const QueueFolders& folders, Move move) {
    const std::string& id = move.envelope.queue_id;
    make_hash_folders(folders, move.queue, id);
    std::string folder = folders.folder(move.queue, id);

    NewFile file(base::text(folder, '/', temporary_name()));
    Moved moved;
    moved.places = write_queue_file(file.fd(), move.envelope, move.done, *move.content);
    file.finish(move.next_attempt);

    remove_log(folders, DeferLog::defer, id);
    std::vector<DeferEntry> entries = log_entries(move, moved.places);
    if (!entries.empty())
        append_log(folders, DeferLog::defer, id, entries, false);

    moved.path = folders.path(move.queue, id);
    file.rename(moved.path);
    fsync_folder(folder);
    file.keep();
    return moved;
}

size_t remove_unfinished(const QueueFolders& folders) {
    namespace fs = std::filesystem;
    size_t removed = 0;
    for (const char* queue : {"deferred", "hold"}) {
        std::error_code error;
        fs::recursive_directory_iterator it(folders.root + '/' + queue, error);
        for (; !error && it != fs::recursive_directory_iterator(); it.increment(error))
            if (is_temporary_name(it->path().filename().string()) &&
                ::unlink(it->path().c_str()) == 0)
                ++removed;
    }
    return removed;
}

}  // namespace spool
