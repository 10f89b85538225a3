#include "postlogd/receiver.h"

#include "lib/io/loop.h"
#include "lib/io/sleep.h"

namespace postlogd {
namespace {

constexpr size_t batch = 32;
// More than any of our senders puts into a datagram; the rest of a longer one is cut off.
constexpr size_t datagram_bytes = 64 * 1024;
// Lines gather for so long between two batches: under load they are written many at a time, and
// nobody is woken for each.
constexpr base::Duration pause_between_batches = std::chrono::milliseconds(5);

}  // namespace

Receiver::Receiver(base::Fd socket, LogFile& file)
    : socket_(std::move(socket)),
      file_(file),
      bytes_(batch * datagram_bytes),
      parts_(batch),
      heads_(batch),
      last_(io::loop().now()) {
    for (size_t i = 0; i < batch; ++i) {
        parts_[i] = {bytes_.data() + i * datagram_bytes, datagram_bytes};
        heads_[i] = mmsghdr{};
        heads_[i].msg_hdr.msg_iov = &parts_[i];
        heads_[i].msg_hdr.msg_iovlen = 1;
    }
}

bool Receiver::take_batch() {
    int n = ::recvmmsg(socket_.fd(), heads_.data(), batch, MSG_DONTWAIT, nullptr);
    if (n <= 0)
        return false;
    base::WallTime now = base::wall_now();
    size_t bytes = 0;
    for (size_t i = 0; i < static_cast<size_t>(n); ++i) {
        bytes += heads_[i].msg_len;
        file_.add({bytes_.data() + i * datagram_bytes, heads_[i].msg_len}, now);
    }
    file_.write();
    last_ = io::loop().now();
    return bytes > 0;  // a socket that was shut down gives empty ones for ever
}

io::Task<void> Receiver::run() {
    while (true) {
        co_await socket_.readable();
        if (take_batch())
            co_await io::sleep(pause_between_batches);
        else
            socket_.read_some(-1, 0);
    }
}

void Receiver::finish() {
    ::shutdown(socket_.fd(), SHUT_RD);
    while (take_batch()) {
    }
}

}  // namespace postlogd
