// TicketKeys are the keys that a server's session tickets are sealed with.
//
// All workers of an instance have the same, in memory that master makes and alone writes to, so
// that a client may come back to any worker, also to one started later. They are on no disk: a key
// that has served its time is gone, and with it what old tickets could tell.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/base/fd.h"
#include "lib/base/time.h"

namespace tls {

struct TicketKey {
    std::array<unsigned char, 16> name;
    std::array<unsigned char, 32> cipher;
    std::array<unsigned char, 32> mac;
};

class TicketKeys {
  public:
    // Of this process alone: each key makes tickets for `period`, and opens them for another.
    explicit TicketKeys(base::Duration period);
    // Those that `memory` has, from create(): to look at, or to turn too. Throws base::SystemError.
    enum class Role { reader, master };
    TicketKeys(base::Fd memory, Role role);
    ~TicketKeys();
    TicketKeys(const TicketKeys&) = delete;
    TicketKeys& operator=(const TicketKeys&) = delete;

    // New memory without keys, which can neither shrink nor grow. Throws base::SystemError.
    static base::Fd create();
    int descriptor() const { return memory_.get(); }

    // Makes a new key where the newest is older than `period`, and forgets the one before last. By
    // master alone, at least once a period.
    void turn(base::WallTime now, base::Duration period);

    // What new tickets are sealed with; none before master made one.
    std::optional<TicketKey> newest(base::WallTime now);
    // What an old one was sealed with; none when that is forgotten.
    std::optional<TicketKey> find(std::string_view name);

  private:
    struct Slot;
    struct Shared;
    std::optional<TicketKey> read(const Slot& slot) const;
    void write(Slot& slot, bool filled, base::WallTime now);

    base::Fd memory_;
    Shared* shared_ = nullptr;
    std::optional<base::Duration> own_period_;
};

}  // namespace tls
