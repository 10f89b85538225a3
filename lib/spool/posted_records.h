// PostedRecords judges a message that a local user hands in for maildrop/, record by record.
//
// A user may say who the message is from and for, and what is in it; what only the mail system may
// say (when and from where it came, filters, pointers into the file) is refused.
#pragma once

#include <string>
#include <string_view>

#include "lib/spool/queue_record.h"

namespace spool {

class PostedRecords {
  public:
    enum class Verdict {
        keep,  // goes into the file
        drop,  // an attribute that users may not set: left out
        last,  // the end record: goes into the file, which is whole then
    };

    // Throws BadContent for a record that may not come here.
    Verdict judge(char type, std::string_view data);
    // Whether what came is a message: it has a sender, and recipients.
    bool complete() const { return has_sender_ && has_recipient_; }

  private:
    enum class Part { envelope, content, trailer };

    Part part_ = Part::envelope;
    bool has_sender_ = false;
    bool has_recipient_ = false;
};

}  // namespace spool
