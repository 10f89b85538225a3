// AddressHeaders finds the headers of stored content that have addresses in them.
#pragma once

#include <optional>
#include <string>

#include "lib/spool/message_source.h"

namespace smtp {

class AddressHeaders {
  public:
    struct Header {
        uint64_t value_at;  // where its value begins in the content
        std::string value;  // up to the end of its last line
    };

    // `content` outlives it.
    explicit AddressHeaders(spool::MessageSource& content) : content_(content) {}

    // The next one of the message's own header section, none at its end. One that is too long to
    // be rewritten is passed over. Throws what spool::MessageSource throws.
    std::optional<Header> next();

  private:
    bool next_line();
    bool fill();

    spool::MessageSource& content_;
    uint64_t offset_ = 0;     // of what comes behind `ahead_`
    std::string ahead_;       // content that was read and not looked at
    size_t used_ = 0;         // bytes of it that were
    std::string line_;        // the line at hand, or the start of a very long one
    uint64_t line_at_ = 0;    // where it begins
    bool line_held_ = false;  // it has been read and belongs to no header yet
};

}  // namespace smtp
