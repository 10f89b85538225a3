// Times and scores as the table's memory holds them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "lib/base/time.h"
#include "lib/health/layout.h"

namespace health {

inline uint64_t us_of(base::Instant instant) {
    return static_cast<uint64_t>(std::max<int64_t>(instant.time_since_epoch().count(), 0));
}
inline base::Instant instant_of(uint64_t us) {
    return base::Instant(base::Duration(static_cast<int64_t>(us & INT64_MAX)));
}
inline uint64_t ms_of(base::Instant instant) {
    return std::min(us_of(instant) / 1000, low_mask);
}
inline base::Instant instant_of_ms(uint64_t ms) {
    return base::Instant(std::chrono::milliseconds(ms & low_mask));
}

// A score and when it was so high.
struct Score {
    double value = 0;
    base::Instant at{};

    static constexpr double most = 16'000;
    uint64_t word() const {
        return pair(static_cast<uint64_t>(std::clamp(value, 0.0, most) * 1000 + 0.5), ms_of(at));
    }
    static Score from(uint64_t word) {
        return {static_cast<double>(word >> low_bits) / 1000, instant_of_ms(word & low_mask)};
    }
};

}  // namespace health
