#include "lib/ipc/duplex.h"

namespace ipc {

namespace {

// The wire of another, so that two streams can each have one direction of it.
class BorrowedWire : public io::Wire {
  public:
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

}  // namespace

Duplex::Duplex(std::unique_ptr<io::Wire> wire)
    : wire_(std::move(wire)),
      reader_(std::make_unique<BorrowedWire>(*wire_)),
      writer_(std::make_unique<BorrowedWire>(*wire_)) {
    emptied_.set();
}

Duplex::~Duplex() = default;

void Duplex::put(uint8_t type, std::string_view payload) {
    if (broken_)
        return;
    put_frame(writer_, type, payload);
    emptied_.clear();
    filled_.set();
}

void Duplex::put_raw(std::string_view bytes) {
    if (broken_)
        return;
    writer_.put(bytes);
    emptied_.clear();
    filled_.set();
}

io::Task<void> Duplex::send() {
    try {
        for (;;) {
            co_await filled_.wait();
            filled_.clear();
            co_await writer_.flush();
            if (writer_.unsent() == 0)
                emptied_.set();
        }
    } catch (const io::Closed&) {
        broken_ = true;
        emptied_.set();
    }
}

io::Task<void> Duplex::flush() {
    co_await emptied_.wait();
}

}  // namespace ipc
