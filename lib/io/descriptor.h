// Descriptor is a non-blocking file descriptor whose readiness tasks can wait for.
//
// It is registered once, edge-triggered, when it is first waited for; a short read or write clears
// the flag, an edge sets it again. At most one task waits to read and one to write.
#pragma once

#include "lib/base/fd.h"
#include "lib/io/wait.h"

struct event;

namespace io {

// Whether one direction of something can go on, with the wait of the one task that wants to know.
class Readiness {
  public:
    explicit Readiness(bool ready) : ready_(ready) {}
    bool ready() const { return ready_; }
    void clear() { ready_ = false; }
    void set();

    class [[nodiscard]] Waiting : public Wait {
      public:
        Waiting(Readiness& readiness, Instant deadline) : Wait(deadline), readiness_(readiness) {}
        // True when ready, false at the deadline.
        bool await_resume() { return finish(); }

      private:
        friend class Readiness;
        bool begin() override;
        void abandon() override { readiness_.waiting_ = nullptr; }
        Readiness& readiness_;
    };
    Waiting wait(Instant deadline = never) { return Waiting(*this, deadline); }

  private:
    bool ready_;
    Waiting* waiting_ = nullptr;
};

class Descriptor {
  public:
    // Takes the descriptor and makes it non-blocking. `assume_ready`: try before waiting.
    explicit Descriptor(base::Fd fd, bool assume_ready = false);
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int fd() const { return fd_.get(); }
    base::Fd release();

    // Goes on (with true) when reading may give something: data, end of file or an error.
    Readiness::Waiting readable(Instant deadline = never);
    Readiness::Waiting writable(Instant deadline = never);
    // Ends a pending readable() as if there were something to read.
    void wake_reader() { reading_.set(); }
    bool may_read() const { return reading_.ready(); }
    bool may_write() const { return writing_.ready(); }
    // What the last system call showed: all `wanted` bytes moved, or fewer (`moved` < 0: EAGAIN).
    void read_some(ssize_t moved, size_t wanted);
    void wrote_some(ssize_t moved, size_t wanted);

  private:
    void enlist();
    static void edge(int fd, short what, void* self);

    base::Fd fd_;
    event* event_ = nullptr;
    Readiness reading_;
    Readiness writing_;
    bool hung_up_ = false;
};

}  // namespace io
