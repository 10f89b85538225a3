#include "lib/tls/shared_sessions.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "lib/base/crc32c.h"
#include "lib/base/error.h"

namespace tls {
namespace {

constexpr uint64_t mark = 0x31734e4953534553;  // tells this layout from another
constexpr size_t key_bytes = 32;
constexpr const char* making = "make memory for TLS sessions";
constexpr const char* mapping = "map the memory of TLS sessions";

}  // namespace

struct SharedSessions::Head {
    uint64_t mark;
    uint64_t places;
};

struct SharedSessions::Place {
    std::atomic<pid_t> holder;  // who reads or writes here; 0: nobody
    uint32_t size;              // 0: empty
    int64_t until;              // microseconds of WallTime
    std::array<char, key_bytes> key;
    uint32_t sum;  // of the session
    std::array<char, longest_session> session;

    bool whole() const {
        return size > 0 && size <= session.size() && base::crc32c({session.data(), size}) == sum;
    }
    void clear() {
        OPENSSL_cleanse(session.data(), std::min<size_t>(size, session.size()));
        size = 0;
        until = 0;
    }
};

// Holds a place, if nobody else does who lives.
class SharedSessions::Hold {
  public:
    Hold(Place& place, pid_t self) : place_(place) {
        pid_t other = 0;
        held_ = place.holder.compare_exchange_strong(other, self, std::memory_order_acquire);
        if (!held_ && ::kill(other, 0) != 0 && errno == ESRCH &&
            place.holder.compare_exchange_strong(other, self, std::memory_order_acquire)) {
            held_ = true;
            place.clear();
        }
    }
    ~Hold() {
        if (held_)
            place_.holder.store(0, std::memory_order_release);
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    explicit operator bool() const { return held_; }

  private:
    Place& place_;
    bool held_;
};

base::Fd SharedSessions::create(size_t places) {
    base::Fd memory(::memfd_create("tls-sessions", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    Head head{mark, std::max<size_t>(places, 1)};
    auto bytes = static_cast<off_t>(sizeof(Head) + head.places * sizeof(Place));
    if (!memory || ::ftruncate(memory.get(), bytes) != 0 ||
        ::pwrite(memory.get(), &head, sizeof head, 0) != static_cast<ssize_t>(sizeof head) ||
        ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0)
        throw base::SystemError(making);
    return memory;
}

SharedSessions::SharedSessions(base::Fd memory, pid_t self)
    : memory_(std::move(memory)), self_(self) {
    off_t size = ::lseek(memory_.get(), 0, SEEK_END);
    Head head{};
    if (size < static_cast<off_t>(sizeof head) ||
        ::pread(memory_.get(), &head, sizeof head, 0) != static_cast<ssize_t>(sizeof head) ||
        head.mark != mark ||
        static_cast<size_t>(size) != sizeof(Head) + head.places * sizeof(Place))
        throw base::SystemError(mapping, EINVAL);
    bytes_ = static_cast<size_t>(size);
    places_ = head.places;
    void* at = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.get(), 0);
    if (at == MAP_FAILED)
        throw base::SystemError(mapping);
    ::madvise(at, bytes_, MADV_DONTDUMP);
    head_ = static_cast<Head*>(at);
}

SharedSessions::~SharedSessions() {
    ::munmap(head_, bytes_);
}

SharedSessions::Place& SharedSessions::place(std::string_view key, size_t choice) const {
    uint64_t number = 0;
    std::memcpy(&number, key.data(), sizeof number);
    auto* first = reinterpret_cast<Place*>(head_ + 1);
    return first[(number + choice) % places_];
}

std::optional<std::string> SharedSessions::find(std::string_view key, base::WallTime now) {
    if (key.size() != key_bytes)
        return std::nullopt;
    for (size_t choice = 0; choice < std::min(choices, places_); ++choice) {
        Place& at = place(key, choice);
        Hold hold(at, self_);
        if (!hold || std::memcmp(at.key.data(), key.data(), key_bytes) != 0 || !at.whole())
            continue;
        if (at.until <= now.time_since_epoch().count()) {
            at.clear();
            return std::nullopt;
        }
        return std::string(at.session.data(), at.size);
    }
    return std::nullopt;
}

void SharedSessions::save(std::string_view key, std::string_view session, base::WallTime until) {
    if (key.size() != key_bytes || session.empty() || session.size() > longest_session)
        return;
    // Its own place, else the one that ends first; empty ones have ended.
    size_t best = choices;
    int64_t best_until = 0;
    for (size_t choice = 0; choice < std::min(choices, places_); ++choice) {
        Place& at = place(key, choice);
        Hold hold(at, self_);
        if (!hold)
            continue;
        bool own = at.size > 0 && std::memcmp(at.key.data(), key.data(), key_bytes) == 0;
        if (own || best == choices || at.until < best_until) {
            best = choice;
            best_until = at.until;
        }
        if (own)
            break;
    }
    if (best == choices)
        return;
    Place& at = place(key, best);
    Hold hold(at, self_);
    if (!hold)
        return;
    at.clear();
    std::memcpy(at.key.data(), key.data(), key_bytes);
    std::memcpy(at.session.data(), session.data(), session.size());
    at.sum = base::crc32c(session);
    at.until = until.time_since_epoch().count();
    at.size = static_cast<uint32_t>(session.size());
}

}  // namespace tls
