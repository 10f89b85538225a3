#include "tests/unit/lib/spool/memory_disk.h"

#include <algorithm>
#include <cstring>

#include "lib/base/error.h"

namespace spool_test {

using base::SystemError;
using spool::LockByte;

// One opening of a file.
class MemoryFile : public spool::File {
  public:
    MemoryFile(MemoryDisk& disk, std::shared_ptr<MemoryDisk::Node> node, std::string path)
        : disk_(disk), node_(std::move(node)), path_(std::move(path)) {}
    ~MemoryFile() override {
        std::lock_guard hold(disk_.mutex_);
        drop(LockByte::writer);
        drop(LockByte::readers);
    }

    size_t pread(std::span<char> to, uint64_t offset) override {
        std::lock_guard hold(disk_.mutex_);
        if (offset >= node_->now.size())
            return 0;
        size_t n = std::min<size_t>(to.size(), node_->now.size() - offset);
        std::memcpy(to.data(), node_->now.data() + offset, n);
        return n;
    }

    void pwritev(std::span<const iovec> parts, uint64_t offset) override {
        std::lock_guard hold(disk_.mutex_);
        std::string bytes;
        for (const iovec& part : parts)
            bytes.append(static_cast<const char*>(part.iov_base), part.iov_len);
        try {
            disk_.change(Call::write, path_);
        } catch (const SystemError&) {
            put(bytes.substr(0, bytes.size() / 2 / 512 * 512), offset);  // some of it arrived
            throw;
        }
        put(std::move(bytes), offset);
    }

    void fdatasync() override {
        std::lock_guard hold(disk_.mutex_);
        try {
            disk_.change(Call::flush, path_);
        } catch (const SystemError&) {
            disk_.fail_flush(*node_);
            throw;
        }
        ++disk_.flushes_[path_];
        for (const auto& write : node_->pending)
            MemoryDisk::apply(node_->durable, write.offset, write.bytes);
        node_->pending.clear();
    }

    uint64_t size() override {
        std::lock_guard hold(disk_.mutex_);
        return node_->now.size();
    }
    bool linked() override {
        std::lock_guard hold(disk_.mutex_);
        return node_->linked;
    }
    bool lock_shared(LockByte byte) override {
        std::lock_guard hold(disk_.mutex_);
        const void* owner = node_->owner[byte];
        if (owner != nullptr && owner != this)
            return false;
        node_->owner[byte] = nullptr;
        node_->sharers[byte].insert(this);
        return true;
    }
    bool lock_exclusive(LockByte byte) override {
        std::lock_guard hold(disk_.mutex_);
        const void* owner = node_->owner[byte];
        auto& sharers = node_->sharers[byte];
        bool shared = sharers.size() > sharers.count(this);
        if (shared || (owner != nullptr && owner != this))
            return false;
        sharers.clear();
        node_->owner[byte] = this;
        return true;
    }
    void unlock(LockByte byte) override {
        std::lock_guard hold(disk_.mutex_);
        drop(byte);
    }

  private:
    void put(std::string bytes, uint64_t offset) {
        MemoryDisk::apply(node_->now, offset, bytes);
        node_->pending.push_back({disk_.changes_, offset, std::move(bytes)});
    }
    void drop(LockByte byte) {
        node_->sharers[byte].erase(this);
        if (node_->owner[byte] == this)
            node_->owner[byte] = nullptr;
    }

    MemoryDisk& disk_;
    std::shared_ptr<MemoryDisk::Node> node_;
    std::string path_;
};

void MemoryDisk::on_change(Fault fault) {
    std::lock_guard hold(mutex_);
    fault_ = std::move(fault);
}

uint64_t MemoryDisk::changes() const {
    std::lock_guard hold(mutex_);
    return changes_;
}

void MemoryDisk::change(Call call, const std::string& what) {
    uint64_t number = changes_++;
    int error = fault_ ? fault_(number, call) : 0;
    if (error != 0)
        throw SystemError(what, error);
}

void MemoryDisk::apply(std::string& to, uint64_t offset, std::string_view bytes) {
    if (bytes.empty())
        return;
    if (to.size() < offset + bytes.size())
        to.resize(offset + bytes.size());
    std::memcpy(to.data() + offset, bytes.data(), bytes.size());
}

void MemoryDisk::fail_flush(Node& node) {
    for (const Write& write : node.pending)
        for (size_t at = 0; at < write.bytes.size(); at += 512)
            if (random_() % 2)
                apply(node.durable, write.offset + at,
                      std::string_view(write.bytes).substr(at, 512));
    node.pending.clear();
}

// --- crashes ---

void MemoryDisk::survive(Node& node, const Node& old, Tear tear, uint64_t cut,
                         std::mt19937& random) {
    node.durable = tear == Tear::nothing_lost ? old.now : old.durable;
    if (tear != Tear::nothing_lost && tear != Tear::all_lost) {
        unsigned chance = random() % 4;  // out of 4, that a piece arrived
        size_t piece = tear == Tear::sectors ? 512 : 4096;
        for (const Write& write : old.pending)
            for (size_t at = 0; at < write.bytes.size(); at += piece) {
                bool arrived = tear == Tear::cut ? write.moment <= cut : random() % 4 < chance;
                if (arrived)
                    apply(node.durable, write.offset + at,
                          std::string_view(write.bytes).substr(at, piece));
            }
    }
    node.now = node.durable;
}

std::unique_ptr<MemoryDisk> MemoryDisk::crash(Tear tear, unsigned seed) {
    std::lock_guard hold(mutex_);
    return crash_locked(tear, seed);
}

std::unique_ptr<MemoryDisk> MemoryDisk::crash_locked(Tear tear, unsigned seed) const {
    auto after = std::make_unique<MemoryDisk>(seed);
    std::mt19937 random(seed);
    uint64_t span = std::min<uint64_t>(changes_, 12);
    uint64_t cut = changes_ - (span ? random() % span : 0);
    auto names = tear == Tear::nothing_lost ? names_ : durable_names_;
    if (tear != Tear::nothing_lost && tear != Tear::all_lost)
        for (const NameChange& change : name_changes_) {
            if (tear == Tear::cut ? change.moment > cut : random() % 2)
                continue;
            if (change.node)
                names[change.path] = change.node;
            else
                names.erase(change.path);
        }
    std::map<const Node*, std::shared_ptr<Node>> copies;
    for (const auto& [path, node] : names) {
        auto& copy = copies[node.get()];
        if (!copy) {
            copy = std::make_shared<Node>();
            survive(*copy, *node, tear, cut, random);
        }
        after->names_[path] = after->durable_names_[path] = copy;
    }
    after->free_bytes_ = free_bytes_;
    return after;
}

// --- looking and poking ---

void MemoryDisk::set_free_bytes(uint64_t bytes) {
    std::lock_guard hold(mutex_);
    free_bytes_ = bytes;
}

std::string MemoryDisk::peek(const std::string& path) {
    std::lock_guard hold(mutex_);
    return names_.at(path)->now;
}

void MemoryDisk::poke(const std::string& path, uint64_t offset, std::string_view bytes) {
    std::lock_guard hold(mutex_);
    apply(names_.at(path)->now, offset, bytes);
    apply(names_.at(path)->durable, offset, bytes);
}

bool MemoryDisk::exists(const std::string& path) {
    std::lock_guard hold(mutex_);
    return names_.contains(path);
}

unsigned MemoryDisk::flushes(const std::string& part) {
    std::lock_guard hold(mutex_);
    unsigned count = 0;
    for (const auto& [path, n] : flushes_)
        if (path.find(part) != path.npos)
            count += n;
    return count;
}

// --- Disk ---

std::unique_ptr<spool::File> MemoryDisk::open(const std::string& path, spool::OpenMode mode) {
    std::lock_guard hold(mutex_);
    auto found = names_.find(path);
    if (mode != spool::OpenMode::create) {
        if (found == names_.end())
            throw SystemError("open " + path, ENOENT);
        return std::make_unique<MemoryFile>(*this, found->second, path);
    }
    if (found != names_.end())
        throw SystemError("open " + path, EEXIST);
    change(Call::open, path);
    auto node = std::make_shared<Node>();
    names_[path] = node;
    name_changes_.push_back({changes_, path, node});
    return std::make_unique<MemoryFile>(*this, node, path);
}

std::vector<std::string> MemoryDisk::list(const std::string& directory) {
    std::lock_guard hold(mutex_);
    std::vector<std::string> names;
    std::string prefix = directory + "/";
    for (const auto& [path, node] : names_)
        if (path.starts_with(prefix))
            names.push_back(path.substr(prefix.size()));
    return names;
}

void MemoryDisk::unlink(const std::string& path) {
    std::lock_guard hold(mutex_);
    auto found = names_.find(path);
    if (found == names_.end())
        throw SystemError("remove " + path, ENOENT);
    change(Call::unlink, path);
    found->second->linked = false;
    names_.erase(found);
    name_changes_.push_back({changes_, path, nullptr});
}

void MemoryDisk::rename(const std::string& from, const std::string& to) {
    std::lock_guard hold(mutex_);
    auto found = names_.find(from);
    if (found == names_.end())
        throw SystemError("rename " + from, ENOENT);
    change(Call::rename, from);
    auto node = found->second;
    names_.erase(from);
    names_[to] = node;
    name_changes_.push_back({changes_, from, nullptr});
    name_changes_.push_back({changes_, to, node});
}

void MemoryDisk::fsync_dir(const std::string& directory) {
    std::lock_guard hold(mutex_);
    change(Call::flush_dir, directory);
    std::string prefix = directory + "/";
    std::vector<NameChange> others;
    for (NameChange& change : name_changes_) {
        if (!change.path.starts_with(prefix)) {
            others.push_back(std::move(change));
        } else if (change.node) {
            durable_names_[change.path] = change.node;
        } else {
            durable_names_.erase(change.path);
        }
    }
    name_changes_.swap(others);
}

uint64_t MemoryDisk::free_bytes(const std::string&) {
    std::lock_guard hold(mutex_);
    return free_bytes_;
}

}  // namespace spool_test
