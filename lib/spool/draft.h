// Draft is the content of a message that is being received.
//
// It is kept in memory up to spool_inline_limit while the process's memory budget lasts, and is
// streamed into a content file by a thread beyond that. A Draft that dies uncommitted leaves
// nothing behind. The Writer must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "lib/io/task.h"

namespace spool {

class Writer;
struct DraftState;

class Draft {
  public:
    Draft(Draft&&) noexcept;
    Draft& operator=(Draft&&) noexcept;
    ~Draft();

    // Adds bytes of RFC 5322 content: CRLF lines, not dot-stuffed. Throws Refused (too_big over
    // message_limit, no_space, failed). `chunk` must live until this returns.
    io::Task<void> append(std::string_view chunk);
    // The same without waiting: false, with nothing taken, when append() would wait or refuse.
    bool try_append(std::string_view chunk);
    uint64_t size() const;
    // Whether the last byte so far is an LF (true of empty content).
    bool ends_line() const;

  private:
    friend class Writer;
    explicit Draft(std::shared_ptr<DraftState> state);
    std::shared_ptr<DraftState> state_;
};

}  // namespace spool
