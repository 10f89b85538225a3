// The logs in defer/ and bounce/: one for each message, in Postfix's form, an entry a recipient.
//
// An entry is text, `name=value` lines between empty ones. postqueue shows the reasons in defer/.
// Entries are appended; the last one about a recipient holds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/mail/dsn.h"
#include "lib/spool/queue_folders.h"

namespace spool {

struct DeferEntry {
    std::string recipient;  // external form
    std::string original;   // as mail::Recipient
    uint64_t mark = 0;      // offset of the recipient's record in the queue file
    std::string orcpt;      // as mail::Recipient
    uint32_t notify = 0;
    mail::Dsn dsn{4, 0, 0};
    std::string diagnostic;  // as mail::Outcome
    std::string remote_mta;
    std::string reason;

    bool operator==(const DeferEntry&) const = default;
};

enum class DeferLog { defer, bounce };

// The text of an entry, as the file has it.
std::string log_text(DeferLog log, const DeferEntry& entry);
// Reads such text; an entry that was cut short is left out.
std::vector<DeferEntry> parse_log(std::string_view text);

// Appends to the log of `queue_id`, making it if need be; fsyncs when told. Throws
// base::SystemError.
void append_log(const QueueFolders& folders, DeferLog log, std::string_view queue_id,
                const std::vector<DeferEntry>& entries, bool fsync);
// Empty when there is no log.
std::vector<DeferEntry> read_log(const QueueFolders& folders, DeferLog log,
                                 std::string_view queue_id);
void remove_log(const QueueFolders& folders, DeferLog log, std::string_view queue_id);

}  // namespace spool
