// The two forms in which postqueue prints the queue, column by column as Postfix does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/spool/listed.h"

namespace spool {

// The table of postqueue -p: message() for each, then end(). Times are in the local zone.
class QueueTable {
  public:
    // `long_ids`: the wider columns of enable_long_queue_ids.
    explicit QueueTable(bool long_ids) : long_ids_(long_ids) {}

    std::string message(const ListedMessage& message);
    std::string end() const;

  private:
    bool long_ids_;
    uint64_t messages_ = 0;
    uint64_t bytes_ = 0;
};

// One line of postqueue -j.
std::string json_line(const ListedMessage& message);

// `text` with control characters and what is no UTF-8 replaced by '?'.
std::string printable_utf8(std::string_view text);

}  // namespace spool
