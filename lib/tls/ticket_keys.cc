#include "lib/tls/ticket_keys.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/mman.h>

#include <atomic>
#include <cstring>

#include "lib/base/error.h"
#include "lib/base/random.h"

namespace tls {

// A sequence lock of one writer: odd while it writes. A reader that meets an odd number for long
// (master was killed at that very moment) takes the key as absent.
struct TicketKeys::Slot {
    std::atomic<uint64_t> sequence;
    std::atomic<int64_t> made;  // microseconds of WallTime; 0: there is no key
    TicketKey key;
};

struct TicketKeys::Shared {
    std::atomic<uint32_t> newest;
    std::array<Slot, 2> slots;
};

namespace {

constexpr int patience = 1000;

}  // namespace

base::Fd TicketKeys::create() {
    base::Fd memory(::memfd_create("tls-ticket-keys", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!memory || ::ftruncate(memory.get(), sizeof(Shared)) != 0 ||
        ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0)
        throw base::SystemError("make memory for the keys of TLS session tickets");
    return memory;
}

TicketKeys::TicketKeys(base::Fd memory, Role role) : memory_(std::move(memory)) {
    int access = role == Role::master ? PROT_READ | PROT_WRITE : PROT_READ;
    if (::lseek(memory_.get(), 0, SEEK_END) != static_cast<off_t>(sizeof(Shared)))
        throw base::SystemError("map the keys of TLS session tickets", EINVAL);
    void* at = ::mmap(nullptr, sizeof(Shared), access, MAP_SHARED, memory_.get(), 0);
    if (at == MAP_FAILED)
        throw base::SystemError("map the keys of TLS session tickets");
    ::madvise(at, sizeof(Shared), MADV_DONTDUMP);
    shared_ = static_cast<Shared*>(at);
}

TicketKeys::TicketKeys(base::Duration period) : TicketKeys(create(), Role::master) {
    own_period_ = period;
}

TicketKeys::~TicketKeys() {
    ::munmap(shared_, sizeof(Shared));
}

void TicketKeys::write(Slot& slot, bool filled, base::WallTime now) {
    slot.sequence.fetch_add(1 | (slot.sequence.load() & 1), std::memory_order_acq_rel);
    std::atomic_thread_fence(std::memory_order_release);
    OPENSSL_cleanse(&slot.key, sizeof slot.key);
    if (filled)
        base::random_bytes({reinterpret_cast<unsigned char*>(&slot.key), sizeof slot.key});
    slot.made.store(filled ? now.time_since_epoch().count() : 0, std::memory_order_relaxed);
    slot.sequence.fetch_add(1, std::memory_order_release);
}

std::optional<TicketKey> TicketKeys::read(const Slot& slot) const {
    for (int i = 0; i < patience; ++i) {
        uint64_t before = slot.sequence.load(std::memory_order_acquire);
        if ((before & 1) != 0)
            continue;
        TicketKey key = slot.key;
        bool filled = slot.made.load(std::memory_order_relaxed) != 0;
        std::atomic_thread_fence(std::memory_order_acquire);
        if (slot.sequence.load(std::memory_order_relaxed) == before)
            return filled ? std::optional(key) : std::nullopt;
    }
    return std::nullopt;
}

void TicketKeys::turn(base::WallTime now, base::Duration period) {
    uint32_t newest = shared_->newest.load() % 2;
    Slot& other = shared_->slots[1 - newest];
    int64_t made = shared_->slots[newest].made.load();
    base::Duration age = now.time_since_epoch() - base::Duration(made);
    if (made == 0) {
        write(shared_->slots[newest], true, now);
    } else if (age >= period || age < base::Duration(0)) {
        // What is older than two periods opens no ticket any more.
        if (age >= 2 * period)
            write(shared_->slots[newest], false, now);
        write(other, true, now);
        shared_->newest.store(1 - newest);
    } else if (other.made.load() != 0 &&
               now.time_since_epoch() - base::Duration(other.made.load()) >= 2 * period) {
        write(other, false, now);
    }
}

std::optional<TicketKey> TicketKeys::newest(base::WallTime now) {
    if (own_period_)
        turn(now, *own_period_);
    return read(shared_->slots[shared_->newest.load() % 2]);
}

std::optional<TicketKey> TicketKeys::find(std::string_view name) {
    for (const Slot& slot : shared_->slots) {
        std::optional<TicketKey> key = read(slot);
        if (key && std::memcmp(key->name.data(), name.data(), key->name.size()) == 0)
            return key;
    }
    return std::nullopt;
}

}  // namespace tls
