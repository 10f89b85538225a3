// The settings of the log and the reasons for which it refuses mail.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "lib/base/time.h"
#include "lib/config/settings.h"
#include "lib/spool/record_ref.h"

namespace spool {

// What a segment holds: mail, or the queue manager's notes on attempts.
enum class Kind : uint32_t { mail = 0, journal = 1 };

struct Options {
    std::string queue_directory;
    uint64_t segment_size = 16 << 20;    // spool_segment_size; a multiple of 4096, at least 64 KiB
    unsigned pool_min = 4;               // spool_pool_min: free segments kept ready
    unsigned pool_max = 64;              // spool_pool_max: free segments kept at most
    uint64_t inline_limit = 65536;       // spool_inline_limit: larger content goes to a file
    uint64_t memory_budget = 256 << 20;  // spool_memory_budget: content held in memory by a process
    uint64_t min_free = 0;               // queue_minfree: bytes that stay free on the disk
    uint64_t message_limit = 10240000;   // message_size_limit; 0: none
    bool long_ids = false;               // enable_long_queue_ids
    Kind kind = Kind::mail;
    // How long mail that was not written waits for its refusal, while the disk does not even take
    // the note that it was not.
    base::Duration refuse_within = std::chrono::seconds(5);

    // `queue_directory` as the process reaches it.
    static Options from(const config::Settings& settings, std::string queue_directory);
};

// The message cannot be taken, and nothing of it will be found after a crash.
struct Refused : std::runtime_error {
    enum Why {
        no_space,  // 452
        too_big,   // 552
        failed,    // 451
    };
    Refused(Why reason, const std::string& what) : std::runtime_error(what), why(reason) {}
    Why why;
};

// How far the records of a segment are durable: what a writer tells the queue manager.
struct Published {
    uint32_t segment = 0;
    Epoch epoch{};
    uint64_t committed = 0;
};

}  // namespace spool
