// MessageSource is the content of one queued message, wherever it lies.
//
// The content is RFC 5322 text whose lines all end in CRLF, not dot-stuffed. Reads are plain
// reads of files that are in the page cache as a rule; they throw base::SystemError when the disk
// fails and spool::BadContent when what lies there is not the message any more.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>

namespace spool {

struct BadContent : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class MessageSource {
  public:
    virtual ~MessageSource() = default;

    // Bytes of the whole content.
    virtual uint64_t size() const = 0;
    // Whether a line begins with a dot, so that a sender over SMTP must look for them.
    virtual bool has_leading_dots() const = 0;
    // Fills `into` with the bytes at `offset`; the number it gives is less than into.size() only
    // where the content ends. Cheapest when offsets only grow.
    virtual size_t read(std::span<char> into, uint64_t offset) = 0;
    // False once the place may hold another message: what was read since the last `true` is not
    // to be trusted. Asked before the final dot.
    virtual bool still_valid() = 0;
};

}  // namespace spool
