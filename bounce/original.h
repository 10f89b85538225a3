// The message that a report is about, as far as it is returned.
#pragma once

#include <memory>
#include <string>

#include "lib/ipc/message_ref.h"
#include "lib/spool/disk.h"
#include "lib/spool/message_source.h"

namespace bounce {

// Throws what the spool throws when it is gone, damaged or cannot be read.
std::unique_ptr<spool::MessageSource> open_original(spool::Disk& disk,
                                                    const std::string& queue_directory,
                                                    const ipc::MessageRef& message);

// Gives the content piece by piece: all of it, or its header.
class Returned {
  public:
    Returned(std::unique_ptr<spool::MessageSource> source, bool whole)
        : source_(std::move(source)), whole_(whole) {}

    // The next piece, valid until the next call; empty at the end.
    std::string_view next();

  private:
    size_t header_end(std::string_view piece);

    std::unique_ptr<spool::MessageSource> source_;
    bool whole_;
    bool over_ = false;
    uint64_t offset_ = 0;
    std::string piece_;
    std::string last_;  // the end of the piece before
};

}  // namespace bounce
