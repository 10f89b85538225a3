// FileStamp tells one state of a file from another.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace dict {

struct FileStamp {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    int64_t written = 0;  // nanoseconds
    int64_t changed = 0;  // of the inode: replaced by rename, removed, other rights …

    static FileStamp of(const struct stat& from) {
        auto nanoseconds = [](const timespec& t) {
            return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
        };
        return {from.st_dev, from.st_ino, from.st_size, nanoseconds(from.st_mtim),
                nanoseconds(from.st_ctim)};
    }
    static std::optional<FileStamp> of_path(const std::string& path) {
        struct stat found {};
        if (::stat(path.c_str(), &found) != 0)
            return std::nullopt;
        return of(found);
    }
    // `fd` is open.
    static FileStamp of_open(int fd) {
        struct stat found {};
        ::fstat(fd, &found);
        return of(found);
    }

    bool operator==(const FileStamp&) const = default;
};

}  // namespace dict
