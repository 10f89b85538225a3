#include "lib/io/listener.h"

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/io/sleep.h"

namespace io {
namespace {

// How long to leave a full descriptor table alone.
constexpr Duration pause_when_full = 200ms;

bool is_full(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Listener::Listener(base::Fd listening, unsigned accepts_a_turn)
    : descriptor_(std::make_unique<Descriptor>(std::move(listening), true)),
      accepts_a_turn_(accepts_a_turn),
      left_(accepts_a_turn) {
    open_.set();
}

void Listener::close() {
    closing_ = true;
    open_.set();
    if (accepting_)
        descriptor_->wake_reader();  // accept() sees to the rest
    else
        descriptor_.reset();
}

std::optional<Accepted> Listener::accept_now(bool& full) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    base::Fd fd(::accept4(descriptor_->fd(), reinterpret_cast<sockaddr*>(&peer), &size,
                          SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd)
        return Accepted(std::move(fd), SocketAddress::from(peer, size));
    full = is_full(errno);
    // Any other error is one connection's that broke in the queue: look for the next one.
    if (errno == EAGAIN)
        descriptor_->read_some(-1, 0);
    return std::nullopt;
}

Task<std::optional<Accepted>> Listener::accept() {
    accepting_ = true;
    while (!closing_) {
        bool full = false;
        co_await open_.wait();
        if (closing_)
            break;
        if (left_ == 0) {
            left_ = accepts_a_turn_;
            co_await yield();
            continue;
        }
        if (!descriptor_->may_read()) {
            left_ = accepts_a_turn_;
            co_await descriptor_->readable();
            continue;
        }
        std::optional<Accepted> got = accept_now(full);
        if (got) {
            --left_;
            accepting_ = false;
            co_return got;
        }
        if (full) {
            base::log::warning("no free descriptors: accepting connections again in a moment");
            co_await sleep(pause_when_full);
        }
    }
    accepting_ = false;
    descriptor_.reset();
    co_return std::nullopt;
}

}  // namespace io
