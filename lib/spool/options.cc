#include "lib/spool/options.h"

#include <utility>

namespace spool {

Options Options::from(const config::Settings& settings, std::string queue_directory) {
    Options options;
    options.queue_directory = std::move(queue_directory);
    options.segment_size = settings.size("spool_segment_size");
    options.pool_min = static_cast<unsigned>(settings.number("spool_pool_min"));
    options.pool_max = static_cast<unsigned>(settings.number("spool_pool_max"));
    options.inline_limit = settings.size("spool_inline_limit");
    options.memory_budget = settings.size("spool_memory_budget");
    options.min_free = settings.size("queue_minfree");
    options.message_limit = settings.size("message_size_limit");
    options.long_ids = settings.flag("enable_long_queue_ids");
    return options;
}

}  // namespace spool
