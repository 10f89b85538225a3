// How slow a relay is, beside its peers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lib/base/time.h"
#include "lib/health/rules.h"

namespace health {

enum class Latency : uint8_t {
    greeting,  // from connecting to the reply to EHLO
    transfer   // from DATA to the reply to its end, by per_size()
};

// A moving average with the number of its samples, in one word.
struct Average {
    base::Duration value{0};
    unsigned samples = 0;  // at most 65535

    uint64_t word() const;
    static Average from(uint64_t word);
    // With one more sample: the mean of the first few, from then on an eighth of the new.
    Average with(base::Duration sample) const;
};

// What a message of 64 KiB would have taken; a smaller one counts as it is.
base::Duration per_size(base::Duration took, uint64_t bytes);

struct Pace {
    Average greeting, transfer;
};

// Which of a group of usable peers are to be SLOW: above slow_factor times the group's median and
// above slow_time, in either respect, the slowest first; at least half of the group stays, so of a
// single host none is. Averages of fewer than five samples neither judge nor are judged.
std::vector<size_t> slow_ones(std::span<const Pace> group, const Rules& rules);

}  // namespace health
