#include "lib/io/descriptor.h"

#include <event2/event.h>
#include <fcntl.h>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/io/loop.h"

namespace io {

void Readiness::set() {
    ready_ = true;
    if (Waiting* waiting = std::exchange(waiting_, nullptr))
        waiting->wake();
}

bool Readiness::Waiting::begin() {
    if (readiness_.ready_)
        return true;
    if (readiness_.waiting_ != nullptr)
        base::log::panic("two tasks wait for the same direction of a connection");
    readiness_.waiting_ = this;
    return false;
}

Descriptor::Descriptor(base::Fd fd, bool assume_ready)
    : fd_(std::move(fd)), reading_(assume_ready), writing_(true) {
    int flags = fcntl(fd_.get(), F_GETFL);
    if (flags < 0 || (!(flags & O_NONBLOCK) && fcntl(fd_.get(), F_SETFL, flags | O_NONBLOCK) != 0))
        throw base::SystemError("make a descriptor non-blocking");
}

Descriptor::~Descriptor() {
    if (event_ != nullptr)
        event_free(event_);
}

base::Fd Descriptor::release() {
    if (event_ != nullptr)
        event_free(std::exchange(event_, nullptr));
    return std::move(fd_);
}

void Descriptor::enlist() {
    if (event_ != nullptr)
        return;
    // EV_CLOSED tells of the peer's FIN, so that a short read before it is not taken for the end.
    event_ = event_new(loop().base(), fd_.get(),
                       EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST, edge, this);
    if (event_ == nullptr || event_add(event_, nullptr) != 0)
        throw base::SystemError("watch a descriptor");
}

void Descriptor::edge(int, short what, void* self) {
    auto& descriptor = *static_cast<Descriptor*>(self);
    if (what & EV_CLOSED)
        descriptor.hung_up_ = true;
    if (what & (EV_READ | EV_CLOSED))
        descriptor.reading_.set();
    if (what & EV_WRITE)
        descriptor.writing_.set();
}

Readiness::Waiting Descriptor::readable(Instant deadline) {
    if (!reading_.ready())
        enlist();
    return reading_.wait(deadline);
}

Readiness::Waiting Descriptor::writable(Instant deadline) {
    if (!writing_.ready())
        enlist();
    return writing_.wait(deadline);
}

void Descriptor::read_some(ssize_t moved, size_t wanted) {
    if (moved < 0 || (static_cast<size_t>(moved) < wanted && !hung_up_ && event_ != nullptr))
        reading_.clear();
}

void Descriptor::wrote_some(ssize_t moved, size_t wanted) {
    if (moved < 0 || static_cast<size_t>(moved) < wanted)
        writing_.clear();
}

}  // namespace io
