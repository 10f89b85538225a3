#include "lib/io/wire.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "lib/base/error.h"

namespace io {
namespace {

class DescriptorWire : public Wire {
  public:
    explicit DescriptorWire(base::Fd fd) : descriptor_(std::move(fd)) {}

    ssize_t try_read(std::span<char> into) override {
        if (!descriptor_.may_read())
            return -1;
        ssize_t n;
        do
            n = ::read(descriptor_.fd(), into.data(), into.size());
        while (n < 0 && errno == EINTR);
        if (n < 0 && errno != EAGAIN)
            throw Closed(base::error_text(errno));
        descriptor_.read_some(n, into.size());
        return n;
    }

    ssize_t try_write(std::string_view bytes) override {
        if (!descriptor_.may_write())
            return -1;
        ssize_t n;
        do
            n = ::send(descriptor_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        while (n < 0 && errno == EINTR);
        if (n < 0 && errno != EAGAIN)
            throw Closed(base::error_text(errno));
        descriptor_.wrote_some(n, bytes.size());
        return n;
    }

    Readiness::Waiting readable(Instant deadline) override {
        return descriptor_.readable(deadline);
    }
    Readiness::Waiting writable(Instant deadline) override {
        return descriptor_.writable(deadline);
    }
    void finish_writing() override { ::shutdown(descriptor_.fd(), SHUT_WR); }
    int fd() const override { return descriptor_.fd(); }

  private:
    Descriptor descriptor_;
};

// One direction of an in-memory pair.
struct Pipe {
    explicit Pipe(size_t most) : capacity(most) {}
    std::string bytes;
    size_t capacity;
    bool closed = false;  // no more will be written
    bool broken = false;  // nobody reads
    Readiness reading{false};
    Readiness writing{true};
};

class PairWire : public Wire {
  public:
    // The pipes are shared: either end may be destroyed first.
    PairWire(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out)
        : in_(std::move(in)), out_(std::move(out)) {}
    ~PairWire() override {
        in_->broken = true;
        in_->writing.set();
        finish_writing();
    }

    ssize_t try_read(std::span<char> into) override {
        if (in_->bytes.empty()) {
            if (in_->closed)
                return 0;
            in_->reading.clear();
            return -1;
        }
        size_t n = std::min(into.size(), in_->bytes.size());
        std::memcpy(into.data(), in_->bytes.data(), n);
        in_->bytes.erase(0, n);
        in_->writing.set();
        return static_cast<ssize_t>(n);
    }

    ssize_t try_write(std::string_view bytes) override {
        if (out_->broken)
            throw Closed(base::error_text(EPIPE));
        size_t n = std::min(bytes.size(), out_->capacity - out_->bytes.size());
        if (n == 0) {
            out_->writing.clear();
            return -1;
        }
        out_->bytes.append(bytes.substr(0, n));
        out_->reading.set();
        return static_cast<ssize_t>(n);
    }

    Readiness::Waiting readable(Instant deadline) override { return in_->reading.wait(deadline); }
    Readiness::Waiting writable(Instant deadline) override { return out_->writing.wait(deadline); }
    void finish_writing() override {
        out_->closed = true;
        out_->reading.set();
    }

  private:
    std::shared_ptr<Pipe> in_;
    std::shared_ptr<Pipe> out_;
};

}  // namespace

std::unique_ptr<Wire> descriptor_wire(base::Fd fd) {
    return std::make_unique<DescriptorWire>(std::move(fd));
}

std::pair<std::unique_ptr<Wire>, std::unique_ptr<Wire>> wire_pair(size_t capacity) {
    auto there = std::make_shared<Pipe>(capacity);
    auto back = std::make_shared<Pipe>(capacity);
    return {std::make_unique<PairWire>(back, there), std::make_unique<PairWire>(there, back)};
}

}  // namespace io
