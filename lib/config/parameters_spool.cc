// The parameters of the log of new mail.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    size("spool_segment_size", "16M", 1048576, 1073741824, "the size of a segment"),
    number("spool_pool_min", "4", 1, 10000, "free segments kept ready"),
    number("spool_pool_max", "64", 1, 100000, "free segments kept at most"),
    size("spool_inline_limit", "65536", 4096, 16777216, "content up to this is kept in the segment, more in a file"),
    size("spool_memory_budget", "256M", 1048576, most, "content a worker holds in memory until it is written"),
    time("spool_age_limit", "30s", 1, most_int, "how long a message may stay in the log"),
};
// clang-format on

Rows spool_rows() {
    return rows;
}

}  // namespace config
