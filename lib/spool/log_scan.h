// LogScan gives every message in the log, done or not, to those who only look.
//
// It takes no lock that others could wait for. What writers commit or the queue manager recycles
// meanwhile may be seen or not; a record that its writer is about to promise may be seen early.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/mail/envelope.h"
#include "lib/spool/disk.h"
#include "lib/spool/options.h"
#include "lib/spool/status_area.h"

namespace spool {

struct LoggedMessage {
    RecordRef ref;
    mail::Envelope envelope;
    uint64_t size = 0;                   // bytes of content
    std::vector<RecipientState> states;  // one a recipient

    bool owed(size_t recipient) const {
        return states[recipient] == RecipientState::pending ||
               states[recipient] == RecipientState::failed_owed;
    }
};

class LogScan {
  public:
    // Throws base::SystemError when the log cannot be read; without a log there are no messages.
    explicit LogScan(const std::string& queue_directory, Disk& disk = real_disk());
    ~LogScan();

    std::optional<LoggedMessage> next();

  private:
    struct Segment;
    std::optional<std::vector<RecipientState>> states_of(const RecordRef& ref, uint32_t n);
    std::optional<LoggedMessage> next_in(Segment& segment);

    Disk& disk_;
    StatusArea status_;
    std::vector<std::unique_ptr<Segment>> segments_;  // those still to be looked into
    std::map<SegmentId, uint64_t> valid_until_;       // of segments whose writer failed
};

// The message of this ID, done or not; none when the log has none.
std::optional<LoggedMessage> find_logged(const std::string& queue_directory,
                                         const std::string& queue_id, Disk& disk = real_disk());

}  // namespace spool
