// BorrowedWire is the wire of another, so that two streams can each have one direction of it.
#pragma once

#include "lib/io/wire.h"

namespace ipc {

class BorrowedWire : public io::Wire {
  public:
    // `wire` outlives it.
    explicit BorrowedWire(io::Wire& wire) : wire_(wire) {}

    ssize_t try_read(std::span<char> into) override { return wire_.try_read(into); }
    ssize_t try_write(std::string_view bytes) override { return wire_.try_write(bytes); }
    io::Readiness::Waiting readable(io::Instant deadline) override {
        return wire_.readable(deadline);
    }
    io::Readiness::Waiting writable(io::Instant deadline) override {
        return wire_.writable(deadline);
    }
    void finish_writing() override { wire_.finish_writing(); }
    int fd() const override { return wire_.fd(); }

  private:
    io::Wire& wire_;
};

}  // namespace ipc
