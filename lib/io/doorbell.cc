#include "lib/io/doorbell.h"

#include <sys/eventfd.h>

#include <cstdint>

#include "lib/base/error.h"

namespace io {
namespace {

base::Fd make_eventfd() {
    base::Fd fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!fd)
        throw base::SystemError("make an eventfd");
    return fd;
}

}  // namespace

Doorbell::Doorbell() : descriptor_(make_eventfd()) {}

void Doorbell::ring() const {
    uint64_t one = 1;
    [[maybe_unused]] ssize_t n = ::write(descriptor_.fd(), &one, sizeof one);
}

Task<bool> Doorbell::wait(Instant deadline) {
    while (true) {
        bool ready = co_await descriptor_.readable(deadline);
        if (!ready)
            co_return false;
        uint64_t rings;
        ssize_t n = ::read(descriptor_.fd(), &rings, sizeof rings);
        descriptor_.read_some(-1, sizeof rings);  // reading empties an eventfd
        if (n > 0)
            co_return true;
    }
}

}  // namespace io
