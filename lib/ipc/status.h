// What a daemon and master tell each other on descriptor 5, as messages of fixed size.
//
// A Status is the whole state and not a change of it, so one that is lost is made good by the next;
// one comes at every change and as a heartbeat. End of file means that the other side is gone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/time.h"

namespace ipc {

inline constexpr int status_descriptor = 5;
inline constexpr int first_listener = 6;
inline constexpr base::Duration heartbeat_interval = base::Duration(5'000'000);

struct Status {
    enum class Phase : uint8_t { starting, ready, leaving };
    Phase phase = Phase::starting;
    bool available = false;  // would take one more client now
    bool outdated = false;   // a table was rebuilt that it may not open: another must replace it
    uint32_t sessions = 0;
    uint64_t uses = 0;        // clients so far
    uint32_t generation = 0;  // the last that it went over to in place; 0: none since its start

    std::string encode() const;
    // Throws base::DecodeError.
    static Status decode(std::string_view message);
    bool operator==(const Status&) const = default;
};

struct Order {
    enum class Kind : uint8_t {
        drain,   // accept nothing new, end what was begun; `time`: how long until hurry
        stop,    // the same, and hurry at once; `time`: how long until what is left is cut off
        reload,  // read the configuration again, in place
        death,   // to qmgr: process `pid` was killed by `signal`
    };
    Kind kind = Kind::drain;
    base::Duration time{0};
    uint32_t pid = 0;
    uint32_t signal = 0;
    uint32_t generation = 0;  // of reload

    std::string encode() const;
    // Throws base::DecodeError.
    static Order decode(std::string_view message);
    bool operator==(const Order&) const = default;
};

}  // namespace ipc
