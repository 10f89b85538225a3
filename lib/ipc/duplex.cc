#include "lib/ipc/duplex.h"

#include "lib/ipc/borrowed_wire.h"

namespace ipc {

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
