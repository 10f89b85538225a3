// MemoryDisk is a disk that can lose its power: it remembers what was written since the last flush
// and makes the states that a crash may leave.
//
// A flush that fails loses what it should have flushed, as Linux does: a later flush of the same
// file succeeds without it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "lib/spool/disk.h"

namespace spool_test {

enum class Call { open, read, write, flush, flush_dir, unlink, rename, lock, other };

// How unflushed writes meet the crash.
enum class Tear {
    nothing_lost,  // the processes died, the machine did not
    all_lost,
    cut,      // everything up to some moment, nothing after
    blocks,   // any 4096-byte blocks
    sectors,  // any 512-byte sectors
};

class MemoryDisk : public spool::Disk {
  public:
    explicit MemoryDisk(unsigned seed = 1) : random_(seed) {}

    // Called before every call that changes or flushes, with its running number from 0 and what it
    // is; an errno other than 0 makes it fail. Runs under the disk's lock, in any thread.
    using Fault = std::function<int(uint64_t, Call)>;
    void on_change(Fault fault);
    uint64_t changes() const;

    // The disk as found after a crash now. All locks are free.
    std::unique_ptr<MemoryDisk> crash(Tear tear, unsigned seed);
    // The same from within on_change.
    std::unique_ptr<MemoryDisk> crash_locked(Tear tear, unsigned seed) const;

    void set_free_bytes(uint64_t bytes);
    // Looks and edits behind everybody's back; what is poked is durable.
    std::string peek(const std::string& path);
    void poke(const std::string& path, uint64_t offset, std::string_view bytes);
    bool exists(const std::string& path);
    unsigned flushes(const std::string& part_of_path);

    std::unique_ptr<spool::File> open(const std::string& path, spool::OpenMode mode) override;
    std::vector<std::string> list(const std::string& directory) override;
    void unlink(const std::string& path) override;
    void rename(const std::string& from, const std::string& to) override;
    void fsync_dir(const std::string& directory) override;
    uint64_t free_bytes(const std::string& directory) override;

  private:
    friend class MemoryFile;
    struct Write {
        uint64_t moment;
        uint64_t offset;
        std::string bytes;
    };
    struct Node {
        std::string now;
        std::string durable;
        std::vector<Write> pending;
        bool linked = true;
        std::map<spool::LockByte, std::set<const void*>> sharers;
        std::map<spool::LockByte, const void*> owner;
    };
    struct NameChange {  // node null: removed
        uint64_t moment;
        std::string path;
        std::shared_ptr<Node> node;
    };
    void change(Call call, const std::string& what);
    void fail_flush(Node& node);
    static void apply(std::string& to, uint64_t offset, std::string_view bytes);
    static void survive(Node& node, const Node& old, Tear tear, uint64_t cut, std::mt19937& random);

    mutable std::mutex mutex_;
    std::mt19937 random_;
    std::map<std::string, std::shared_ptr<Node>> names_;
    std::map<std::string, std::shared_ptr<Node>> durable_names_;
    std::vector<NameChange> name_changes_;
    Fault fault_;
    uint64_t changes_ = 0;
    uint64_t free_bytes_ = uint64_t{1} << 40;
    std::map<std::string, unsigned> flushes_;
};

}  // namespace spool_test
