// The two kinds of time: Instant runs evenly since boot, WallTime is what a calendar shows.
#pragma once

#include <chrono>
#include <ratio>

namespace base {

using Duration = std::chrono::microseconds;
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

using namespace std::chrono_literals;

inline constexpr Instant never = Instant::max();

Instant steady_now();
WallTime wall_now();

}  // namespace base
