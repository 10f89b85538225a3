#include "lib/health/table.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/random.h"
#include "lib/base/text.h"

namespace health {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr size_t most_slots = size_t{1} << 20;

size_t size_for(size_t slots) {
    return sizeof(Head) + (slots + 1) * (sizeof(Cell) + sizeof(Detail)) +
           most_processes * (slots + 1) * sizeof(uint32_t);
}

// Both hashes of a key come from one secret.
base::HashKey second_key(base::HashKey key) {
    key[0] ^= 0xff;
    return key;
}

}  // namespace

base::Fd Table::create(size_t slots) {
    base::HashKey key;
    base::random_bytes(key);
    return create(slots, key);
}

base::Fd Table::create(size_t slots, const base::HashKey& key) {
    slots = std::clamp<size_t>(slots, 1, most_slots);
    base::Fd fd(::memfd_create("relay-health", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!fd)
        throw base::SystemError("make the table of relay health");
    if (::ftruncate(fd.get(), static_cast<off_t>(size_for(slots))) != 0)
        throw base::SystemError("size the table of relay health");
    if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        throw base::SystemError("seal the table of relay health");
    uint64_t head[4] = {layout_magic, slots, 0, 0};
    std::memcpy(head + 2, key.data(), key.size());
    if (::pwrite(fd.get(), head, sizeof head, 0) != static_cast<ssize_t>(sizeof head))
        throw base::SystemError("write the table of relay health");
    return fd;
}

Table::Table(base::Fd memory, pid_t self) : memory_(std::move(memory)), self_(self) {
    struct stat info;
    if (::fstat(memory_.get(), &info) != 0)
        throw base::SystemError("look at the table of relay health");
    // Without the seal, another process could shrink it, and reading would end this one.
    int seals = ::fcntl(memory_.get(), F_GET_SEALS);
    if (seals < 0 || (seals & F_SEAL_SHRINK) == 0)
        throw Foreign("not a table of relay health: its size is not sealed");
    uint64_t head[4];
    if (::pread(memory_.get(), head, sizeof head, 0) != static_cast<ssize_t>(sizeof head) ||
        head[0] != layout_magic)
        throw Foreign("not a table of relay health, or one of another version");
    bytes_ = static_cast<size_t>(info.st_size);
    slots_ = head[1];
    if (slots_ == 0 || slots_ > most_slots || bytes_ != size_for(slots_))
        throw Foreign(base::text("a table of relay health of ", slots_, " places cannot have ",
                                 bytes_, " bytes"));
    std::memcpy(key_.data(), head + 2, key_.size());
    void* start = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.get(), 0);
    if (start == MAP_FAILED)
        throw base::SystemError("map the table of relay health");
    head_ = static_cast<Head*>(start);
    cells_ = reinterpret_cast<Cell*>(head_ + 1);
    details_ = reinterpret_cast<Detail*>(cells_ + slots_ + 1);
    counts_ = reinterpret_cast<std::atomic<uint32_t>*>(details_ + slots_ + 1);
}

Table::~Table() {
    ::munmap(head_, bytes_);
}

base::HashKey Table::hash_key() const {
    return key_;
}

Table::Hash Table::hash_of(Scope scope, std::string_view key) const {
    std::string text = base::text(static_cast<unsigned>(scope), " ", key);
    return {base::siphash(key_, text) | tag_published, base::siphash(second_key(key_), text)};
}

std::string Table::secret_mark(std::string_view login, std::string_view secret) const {
    return base::hex(base::siphash(key_, base::text(login, '\0', secret)));
}

std::optional<Record> Table::find(Scope scope, std::string_view key) const {
    Hash hash = hash_of(scope, key);
    std::optional<size_t> slot = slot_of(hash);
    return slot ? std::optional(Record(*this, *slot, hash.tag)) : std::nullopt;
}

std::vector<Record> Table::all() const {
    std::vector<Record> records;
    for (size_t slot = 0; slot < slots_; ++slot) {
        uint64_t tag = cells_[slot].tag.load(std::memory_order_acquire);
        if ((tag & tag_published) != 0)
            records.push_back(Record(*this, slot, tag));
    }
    return records;
}

uint64_t Table::changes() const {
    return head_->changes.load(relaxed);
}

void Table::forget_process(pid_t pid) {
    auto id = static_cast<uint64_t>(pid);
    for (size_t slot = 0; slot < slots_; ++slot) {
        // It died while it was filling this one.
        uint64_t claimed = tag_claimed(static_cast<uint32_t>(pid));
        cells_[slot].tag.compare_exchange_strong(claimed, tag_vacated, relaxed);
        uint64_t lease = cells_[slot].lease.load(relaxed);
        if (lease >> low_bits == id && id != 0)
            cells_[slot].lease.compare_exchange_strong(lease, 0, relaxed);
    }
    for (size_t column = 0; column < most_processes; ++column) {
        uint64_t owner = head_->processes[column].load(relaxed);
        if (owner != id)
            continue;
        for (size_t slot = 0; slot <= slots_; ++slot)
            if (count(column, slot).load(relaxed) != 0)
                count(column, slot).store(0, relaxed);
        head_->processes[column].compare_exchange_strong(owner, 0, std::memory_order_release);
    }
}

size_t Table::own_column() const {
    if (own_column_)
        return *own_column_;
    size_t free = most_processes;
    auto self = static_cast<uint64_t>(self_);
    for (size_t column = 0; column < most_processes && free == most_processes; ++column) {
        uint64_t owner = head_->processes[column].load(relaxed);
        if (owner == self ||
            (owner == 0 && head_->processes[column].compare_exchange_strong(owner, self)))
            free = column;
    }
    uint64_t used = head_->used_processes.load(relaxed);
    while (free < most_processes && used <= free &&
           !head_->used_processes.compare_exchange_weak(used, free + 1, relaxed)) {
    }
    own_column_ = free;
    return free;
}

std::atomic<uint32_t>& Table::count(size_t column, size_t slot) const {
    return counts_[column * (slots_ + 1) + slot];
}

unsigned Table::in_flight(size_t slot) const {
    unsigned sum = 0;
    size_t used = std::min<size_t>(head_->used_processes.load(relaxed), most_processes);
    for (size_t column = 0; column < used; ++column)
        sum += count(column, slot).load(relaxed);
    return sum;
}

}  // namespace health
