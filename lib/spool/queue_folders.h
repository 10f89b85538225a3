// QueueFolders names the files of queued messages and finds them.
//
// A queue in `hashed` has its files in subdirectories named by the first characters of the queue
// ID; of a long ID by those of its microseconds in hexadecimal, which spread better.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/time.h"
#include "lib/config/settings.h"

namespace spool {

struct QueueFolders {
    std::string root;                                                   // queue_directory
    std::set<std::string, std::less<>> hashed = {"deferred", "defer"};  // hash_queue_names
    unsigned depth = 1;                                                 // hash_queue_depth

    // Where the file of `id` belongs, and the directory it lies in.
    std::string path(std::string_view queue, std::string_view id) const;
    std::string folder(std::string_view queue, std::string_view id) const;
    // Where it is, also when it was put there under another depth.
    std::optional<std::string> find(std::string_view queue, std::string_view id) const;
};

// The folders under `root` as hash_queue_names and hash_queue_depth have them.
QueueFolders queue_folders(const config::Settings& settings, std::string root);

// One file of a queue, seen without opening it.
struct QueueEntry {
    std::string path;
    std::string id;
    base::WallTime modified{};  // in deferred/: when its next attempt is due
    uint64_t bytes = 0;
    mode_t mode = 0;

    // Whoever made it is through with it.
    bool ready() const { return (mode & S_IRWXU) == S_IRWXU; }
};

// Walks all files of one queue that have a queue ID for a name. What comes or goes meanwhile may be
// seen or not; a missing directory is an empty queue.
class QueueScan {
  public:
    QueueScan(const QueueFolders& folders, std::string_view queue);
    ~QueueScan();
    QueueScan(QueueScan&&) noexcept;

    std::optional<QueueEntry> next();

  private:
    struct Level;
    void enter(std::string path);
    std::vector<Level> levels_;
};

inline QueueScan scan_deferred(const QueueFolders& folders) {
    return QueueScan(folders, "deferred");
}

// Makes the directory that is to hold the file `path` if it is a missing hash subdirectory.
void make_hash_folders(const QueueFolders& folders, std::string_view queue, std::string_view id);

// Returns when the names in a directory are durable; throws base::SystemError.
void fsync_folder(const std::string& path);

// Removes a message with its logs; false if there was none. Throws base::SystemError.
bool remove_queued(const QueueFolders& folders, std::string_view queue, std::string_view id);

// Renames a message from one queue to another, its logs staying; false if it was not there. Throws
// base::SystemError.
bool move_queued(const QueueFolders& folders, std::string_view from, std::string_view to,
                 std::string_view id);

// Puts what cannot be delivered into corrupt/ under its own name. Throws base::SystemError.
void put_aside(const QueueFolders& folders, const std::string& path, std::string_view id);

}  // namespace spool
