// What showq says to each client on public/showq, as Postfix's showq does.
//
// Names and values, each ended by a NUL; an empty name ends a message, another one the list. The
// first "message" is the protocol's own name. Anybody who may connect is told everything.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "lib/base/fd.h"
#include "lib/spool/listed.h"

namespace ipc {

std::string showq_hello();
std::string showq_message(const spool::ListedMessage& message);
std::string showq_end();

// An answer that is cut short or is no such list.
struct ShowqError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Reads such a list from a blocking descriptor, for commands. Throws ShowqError, base::SystemError.
class ShowqReader {
  public:
    explicit ShowqReader(base::Fd fd) : fd_(std::move(fd)) {}

    // None behind the last one.
    std::optional<spool::ListedMessage> next();

  private:
    std::string field();

    base::Fd fd_;
    std::string buffer_;
    bool greeted_ = false;
};

}  // namespace ipc
