// Duplex is a framed connection that one task reads while others write to it.
//
// put() never waits: frames of one turn of the loop leave together, sent by the task send(), which
// the owner spawns once beside the reading. When the peer is gone the reader is told (end of input
// or io::Closed); send() then ends quietly.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "lib/io/event.h"
#include "lib/io/stream.h"
#include "lib/ipc/frame.h"

namespace ipc {

class Duplex {
  public:
    explicit Duplex(std::unique_ptr<io::Wire> wire);
    ~Duplex();
    Duplex(const Duplex&) = delete;
    Duplex& operator=(const Duplex&) = delete;

    // As ipc::read_frame and ipc::buffered_frame.
    io::Task<std::optional<Frame>> read(size_t limit = frame_limit) {
        return read_frame(reader_, limit);
    }
    std::optional<Frame> buffered(size_t limit = frame_limit) {
        return buffered_frame(reader_, limit);
    }

    void put(uint8_t type, std::string_view payload);
    // Bytes that are no frame: the preamble.
    void put_raw(std::string_view bytes);
    size_t unsent() const { return writer_.unsent(); }

    io::Task<void> send();
    // Goes on when all that was put is with the kernel or the peer is gone; what is put after that
    // is dropped.
    io::Task<void> flush();

    // The reading side, for bytes before the first frame.
    io::Stream& reader() { return reader_; }

  private:
    std::unique_ptr<io::Wire> wire_;
    io::Stream reader_;
    io::Stream writer_;
    io::Event filled_;
    io::Event emptied_;
    bool broken_ = false;
};

}  // namespace ipc
