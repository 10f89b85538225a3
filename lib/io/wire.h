// Wire moves bytes to and from one peer, without ever waiting inside a call.
#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "lib/base/fd.h"
#include "lib/io/descriptor.h"

namespace io {

// This conversation is over: the peer closed or reset it, or a local error ended it.
struct Closed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// It is over because a time limit passed.
struct TimedOut : Closed {
    TimedOut() : Closed("timeout") {}
};

class Wire {
  public:
    virtual ~Wire() = default;

    // Bytes moved; 0 at end of file (reading only); -1 when it would have to wait. Throws Closed
    // when the connection has failed.
    virtual ssize_t try_read(std::span<char> into) = 0;
    virtual ssize_t try_write(std::string_view bytes) = 0;
    // Go on when a try may get further (true), or at the deadline (false).
    virtual Readiness::Waiting readable(Instant deadline) = 0;
    virtual Readiness::Waiting writable(Instant deadline) = 0;
    // Tells the peer that no more will be written.
    virtual void finish_writing() = 0;
    // The descriptor below, for logging addresses; -1 where there is none.
    virtual int fd() const { return -1; }
};

// A connected stream socket or pipe end.
std::unique_ptr<Wire> descriptor_wire(base::Fd fd);

// Two wires in memory, each the peer of the other; destroying one is end of file for the other.
std::pair<std::unique_ptr<Wire>, std::unique_ptr<Wire>> wire_pair(size_t capacity = 1 << 16);

}  // namespace io
