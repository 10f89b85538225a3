// Table is the health of relays, in memory that all processes of an instance share.
//
// A process killed in the middle of a change blocks nobody: a record's state is one word changed by
// compare-and-swap, all else are independent numbers that may be a little off. A record that is
// absent is a healthy one. When there is no room, the record makes place that has no state worth
// keeping and was not touched for the longest time; what an administrator said is never dropped.
//
// An object of this class belongs to one process and one thread.
#pragma once

#include <unistd.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/siphash.h"
#include "lib/base/time.h"
#include "lib/health/layout.h"
#include "lib/health/record.h"
#include "lib/health/subject.h"

namespace health {

// A descriptor that is no table of this build.
struct Foreign : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Table {
  public:
    static constexpr size_t default_slots = 4096;
    // What is longer is found as well, and cut off where it is shown.
    static constexpr size_t longest_key = 640;

    // New, empty, zeroed memory that can neither shrink nor grow. Throws base::SystemError.
    static base::Fd create(size_t slots = default_slots);
    static base::Fd create(size_t slots, const base::HashKey& key);
    // Maps it. Throws Foreign, base::SystemError. `self` is whose sessions begin() counts.
    explicit Table(base::Fd memory, pid_t self = ::getpid());
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    ~Table();

    int descriptor() const { return memory_.get(); }
    size_t slots() const { return slots_; }

    // The record of the subject, made if there is none. It is good to keep as long as live() says.
    Record record(const Subject& subject, base::Instant now);
    std::optional<Record> find(Scope scope, std::string_view key) const;
    std::vector<Record> all() const;

    // Grows whenever there is something new for people or the snapshot.
    uint64_t changes() const;
    // The process has ended: its sessions are over, its leases free.
    void forget_process(pid_t pid);
    // A keyed hash of a secret, for identity keys: a new password is a new identity.
    std::string secret_mark(std::string_view login, std::string_view secret) const;
    base::HashKey hash_key() const;

  private:
    friend class Record;
    struct Hash {
        uint64_t tag, second;
    };

    Hash hash_of(Scope scope, std::string_view key) const;
    std::optional<size_t> slot_of(const Hash& hash) const;
    size_t claim(const Hash& hash);
    std::optional<size_t> claim_vacant(const Hash& hash);
    std::optional<size_t> claim_least_useful(const Hash& hash);
    void fill(size_t slot, const Subject& subject, const Hash& hash, base::Instant now);
    bool has_earlier(size_t slot, const Hash& hash) const;
    size_t window() const;
    size_t step(const Hash& hash, size_t distance) const;
    // This process's column of counts; most_processes when there is none left.
    size_t own_column() const;
    std::atomic<uint32_t>& count(size_t column, size_t slot) const;
    unsigned in_flight(size_t slot) const;
    void changed() const { head_->changes.fetch_add(1, std::memory_order_relaxed); }

    base::Fd memory_;
    pid_t self_;
    size_t bytes_ = 0;
    size_t slots_ = 0;
    Head* head_ = nullptr;
    Cell* cells_ = nullptr;
    Detail* details_ = nullptr;
    std::atomic<uint32_t>* counts_ = nullptr;
    base::HashKey key_{};
    mutable std::optional<size_t> own_column_;
};

}  // namespace health
