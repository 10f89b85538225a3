// QueueFileContent is the content of a message in a queue file, as CRLF lines.
#pragma once

#include <memory>
#include <string>

#include "lib/base/fd.h"
#include "lib/spool/queue_file.h"

namespace spool {

class QueueFileContent : public MessageSource {
  public:
    // Opens the file and reads its envelope; throws IncompleteQueueFile, BadContent,
    // base::SystemError. A file that Postfix made is read through once for its size.
    explicit QueueFileContent(const std::string& path);

    uint64_t size() const override { return size_; }
    bool has_leading_dots() const override { return dots_; }
    size_t read(std::span<char> into, uint64_t offset) override;
    // A queue file keeps its bytes even when it is removed while open.
    bool still_valid() override { return true; }

    const QueueFile& file() const { return file_; }

  private:
    void rewind();
    bool advance();
    void measure();

    base::Fd fd_;
    QueueFile file_;
    RecordReader records_;
    uint64_t size_ = 0;
    bool dots_ = false;
    std::string piece_;      // content bytes of the record before the cursor
    uint64_t piece_at_ = 0;  // their offset in the content
    bool in_line_ = false;   // a `piece` record came last
    bool over_ = false;
};

}  // namespace spool
