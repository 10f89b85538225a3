// The records of a Postfix queue file: a type byte, the length in groups of seven bits, the data.
//
// The length comes lowest group first; every group but the last has its top bit set. A file is an
// envelope up to `message`, the content up to `extracted`, a second piece of envelope up to `end`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/spool/message_source.h"

namespace spool {

namespace record {
inline constexpr char size = 'C';       // record bytes of the content, where it begins, …
inline constexpr char time = 'T';       // arrival: seconds and microseconds
inline constexpr char attribute = 'A';  // name=value
inline constexpr char full_name = 'F';  // of a local sender
inline constexpr char filter = 'L';     // content filter; in an envelope only
inline constexpr char redirect = '>';   // replaces all recipients
inline constexpr char sender = 'S';     // not quoted
inline constexpr char original = 'O';   // the recipient as it came, ahead of `recipient`
inline constexpr char recipient = 'R';  // not quoted
inline constexpr char done = 'D';       // was a recipient
inline constexpr char cancelled = '/';  // was a recipient, taken back before the message was queued
inline constexpr char message = 'M';    // the content begins
inline constexpr char line = 'N';       // a line, or the last piece of one
inline constexpr char piece = 'L';      // a piece of a line that goes on; in the content only
inline constexpr char pointer = 'p';    // go on at this offset; 0 for right here
inline constexpr char dsn_ret = '<';    // RET=
inline constexpr char dsn_envid = 'i';  // ENVID=
inline constexpr char dsn_orcpt = 'o';  // ORCPT= of the next recipient
inline constexpr char dsn_notify = 'n';  // NOTIFY= of the next recipient
inline constexpr char extracted = 'X';   // the content is over
inline constexpr char end = 'E';         // the file is whole
}  // namespace record

// A queue file that ends before its end record: nobody was promised anything about it.
struct IncompleteQueueFile : BadContent {
    using BadContent::BadContent;
};

struct QueueRecord {
    char type = 0;
    std::string data;
    uint64_t offset = 0;  // of the type byte
};

void append_record(std::string& out, char type, std::string_view data);

// Reads records of an open file one after the other.
class RecordReader {
  public:
    explicit RecordReader(int fd, uint64_t offset = 0) : fd_(fd), offset_(offset) {}

    // The record at the cursor. Throws IncompleteQueueFile where the file ends, BadContent for what
    // is no record, base::SystemError when the disk fails.
    QueueRecord next();
    // As next(), but goes where pointers lead; a file whose pointers run in a circle is bad.
    QueueRecord follow();
    // Goes where a pointer leads; throws BadContent for a bad one, or one too many.
    void jump(const QueueRecord& pointer);
    void seek(uint64_t offset) { offset_ = offset; }
    uint64_t offset() const { return offset_; }

  private:
    unsigned char byte();
    void take(std::string& into, size_t n);
    void load();

    int fd_;
    uint64_t offset_;
    std::string buffer_;  // bytes of the file from buffer_at_
    uint64_t buffer_at_ = 0;
    uint64_t jumps_ = 0;
};

}  // namespace spool
