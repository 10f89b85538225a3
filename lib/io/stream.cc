#include "lib/io/stream.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "lib/io/loop.h"

namespace io {
namespace {

// All streams of a thread read into this first, so that an idle one needs no buffer.
thread_local std::array<char, 64 * 1024> scratch;

// A buffer larger than this is given back when it is empty.
constexpr size_t kept_bytes = 512;

// Passwords and tokens are in lines of their own that nothing was put before: wiping the beginning
// of what has passed leaves none behind, and costs next to nothing for all the rest. The token of a
// large provider is some 5 KiB as it is sent; smtpd takes responses of 12 KiB.
constexpr size_t wiped_bytes = 16 * 1024;

void wipe(char* bytes, size_t size) {
    explicit_bzero(bytes, std::min(size, wiped_bytes));
}

void give_back(std::string& buffer) {
    if (buffer.capacity() > kept_bytes)
        buffer = std::string();
    else
        buffer.clear();
}

}  // namespace

void Stream::consume(size_t bytes) {
    taken_ += bytes;
    if (scanned_ < taken_)
        scanned_ = taken_;
}

bool Stream::read_now() {
    if (eof_)
        return true;
    ssize_t n = wire_->try_read(scratch);
    if (n < 0)
        return false;
    if (n == 0)
        eof_ = true;
    if (taken_ > 0) {
        in_.erase(0, taken_);
        scanned_ -= taken_;
        taken_ = 0;
    }
    in_.append(scratch.data(), static_cast<size_t>(n));
    wipe(scratch.data(), static_cast<size_t>(n));
    return true;
}

bool Stream::send_now() {
    while (sent_ < out_.size()) {
        ssize_t n = wire_->try_write(std::string_view(out_).substr(sent_));
        if (n < 0)
            return false;
        sent_ += static_cast<size_t>(n);
    }
    wipe(out_.data(), out_.size());
    out_.clear();
    sent_ = 0;
    return true;
}

Instant Stream::wait_until() const {
    if (limit_ == Duration::max())
        return deadline_;
    return std::min(deadline_, loop().now() + limit_);
}

// Before a long wait: what is empty gives its memory back.
void Stream::release_buffers() {
    if (taken_ == in_.size()) {
        wipe(in_.data(), in_.size());
        give_back(in_);
        taken_ = scanned_ = 0;
    }
    if (out_.empty())
        give_back(out_);
}

Task<bool> Stream::fill() {
    while (!read_now()) {
        if (!send_now())
            co_await flush();
        release_buffers();
        bool ready = co_await wire_->readable(wait_until());
        if (!ready)
            throw TimedOut();
    }
    co_return !eof_;
}

std::string_view Stream::take(size_t bytes) {
    std::string_view taken = buffered().substr(0, bytes);
    consume(bytes);
    return taken;
}

std::optional<std::string_view> Stream::line_now(size_t most) {
    size_t lf = in_.find('\n', scanned_);
    size_t end = lf == std::string::npos ? in_.size() : lf + 1;
    if (end - taken_ >= most)
        return take(std::min(end - taken_, most));
    if (lf != std::string::npos)
        return take(end - taken_);
    scanned_ = in_.size();
    return std::nullopt;
}

Task<std::optional<std::string_view>> Stream::line(size_t most) {
    while (true) {
        std::optional<std::string_view> found = line_now(most);
        if (found)
            co_return found;
        bool more = co_await fill();
        if (!more)
            co_return std::nullopt;
    }
}

Task<std::string_view> Stream::exactly(size_t bytes) {
    while (buffered().size() < bytes) {
        bool more = co_await fill();
        if (!more)
            throw Closed("connection closed");
    }
    co_return take(bytes);
}

Task<void> Stream::flush() {
    while (!send_now()) {
        bool ready = co_await wire_->writable(wait_until());
        if (!ready)
            throw TimedOut();
    }
}

Task<void> Stream::drain(size_t high_water) {
    if (unsent() > high_water)
        co_await flush();
}

}  // namespace io
