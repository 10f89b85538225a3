#include "lib/spool/mover.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/event.h"
#include "lib/io/loop.h"
#include "lib/io/semaphore.h"
#include "lib/io/sleep.h"
#include "lib/spool/job_thread.h"

namespace spool {

namespace {

using namespace std::chrono_literals;

// A limit that is lifted is heard of within this time.
constexpr base::Duration limit_check = 50ms;

}  // namespace

struct Mover::State {
    struct Thread {
        JobThread jobs;
        size_t waiting = 0;
    };
    // Counts a job for as long as its task waits.
    class Count {
      public:
        Count(State& state, Thread& thread) : state_(state), thread_(thread) {
            ++thread_.waiting;
            ++state_.waiting;
            state_.idle.clear();
        }
        Count(const Count&) = delete;
        Count& operator=(const Count&) = delete;
        ~Count() {
            --thread_.waiting;
            if (--state_.waiting == 0)
                state_.idle.set();
        }

      private:
        State& state_;
        Thread& thread_;
    };

    State(QueueFolders where, MoverOptions options)
        : folders(std::move(where)), per_second(options.per_second) {
        for (unsigned i = 0; i < std::max(1u, options.threads); ++i)
            threads.push_back(std::make_unique<Thread>());
        idle.set();
    }
    Thread& least_busy() {
        return **std::min_element(threads.begin(), threads.end(),
                                  [](auto& a, auto& b) { return a->waiting < b->waiting; });
    }
    io::Task<void> turn();

    QueueFolders folders;
    unsigned per_second;
    std::vector<std::unique_ptr<Thread>> threads;
    size_t waiting = 0;
    io::Event idle;
    io::Semaphore gate{1};
    io::Instant next_turn{};
};

// Goes on when the limit allows the next move, one after the other.
io::Task<void> Mover::State::turn() {
    co_await gate.acquire();
    std::exception_ptr error;
    try {
        while (per_second > 0 && io::loop().now() < next_turn)
            co_await io::sleep_until(std::min(next_turn, io::loop().now() + limit_check));
        if (per_second > 0)
            next_turn = std::max(next_turn, io::loop().now()) + base::Duration(1s) / per_second;
    } catch (...) {
        error = std::current_exception();
    }
    gate.release();
    if (error)
        std::rethrow_exception(error);
}

Mover::Mover(QueueFolders folders, MoverOptions options)
    : state_(std::make_unique<State>(std::move(folders), options)) {}

Mover::~Mover() = default;

io::Task<Moved> Mover::move(Move move) {
    struct Work {
        QueueFolders folders;
        Move move;
        Moved moved;
    };
    State::Thread& thread = state_->least_busy();
    State::Count count(*state_, thread);
    co_await state_->turn();
    // Shared with the thread, which goes on when this task is cancelled.
    auto work = std::make_shared<Work>();
    work->folders = state_->folders;
    work->move = std::move(move);
    std::function<void()> job = [work] {
        work->moved = write_moved(work->folders, std::move(work->move));
    };
    co_await thread.jobs.run(job);
    co_return std::move(work->moved);
}

io::Task<void> Mover::sync(std::string path) {
    State::Thread& thread = state_->least_busy();
    State::Count count(*state_, thread);
    std::function<void()> job = [path] { sync_queue_file(path); };
    co_await thread.jobs.run(job);
}

void Mover::limit(unsigned per_second) {
    state_->per_second = per_second;
}

size_t Mover::waiting() const {
    return state_->waiting;
}

io::Task<void> Mover::close() {
    co_await state_->idle.wait();
}

}  // namespace spool
