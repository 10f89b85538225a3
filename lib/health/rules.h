// Rules are the numbers by which records change state: failover_… of main.cf.
#pragma once

#include "lib/base/time.h"

namespace health {

struct Rules {
    double score_threshold = 2;
    base::Duration score_half_life = std::chrono::seconds(60);
    // Held down for open_time * 2^k, k the openings that are remembered, at most for the limit.
    base::Duration open_time = std::chrono::seconds(5);
    base::Duration open_time_limit = std::chrono::seconds(8);        // configured relays
    base::Duration mx_open_time_limit = std::chrono::seconds(3600);  // all others
    base::Duration auth_open_time = std::chrono::seconds(300);
    base::Duration auth_open_time_limit = std::chrono::seconds(3600);
    base::Duration step_half_life = std::chrono::seconds(600);  // one opening is forgotten in it
    double jitter = 0.2;                                        // a time is this much off, at most
    base::Duration ramp_time = std::chrono::seconds(60);
    // Slow: above both slow_factor times the group's median, slow_time.
    double slow_factor = 3;
    base::Duration slow_time = std::chrono::seconds(5);
    base::Duration slow_hold_time = std::chrono::seconds(60);  // doubled by each repetition
    base::Duration all_down_probe_interval = std::chrono::seconds(1);
};

}  // namespace health
