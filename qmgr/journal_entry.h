// JournalEntry is what qmgr keeps of the attempts on a message that is still in the log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/time.h"
#include "lib/ipc/message_ref.h"
#include "lib/mail/outcome.h"

namespace qmgr {

struct JournalEntry {
    uint64_t sequence = 0;  // of two entries about a message the higher counts
    std::string queue_id;
    ipc::MessageRef message;
    uint32_t attempts = 0;
    uint32_t deaths = 0;
    base::WallTime next_attempt{};
    std::vector<mail::Outcome> outcomes;  // last replies

    std::string encode() const;
    // Throws base::DecodeError.
    static JournalEntry decode(std::string_view bytes);
};

}  // namespace qmgr
