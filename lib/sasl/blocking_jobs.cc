#include "lib/sasl/blocking_jobs.h"

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "lib/io/doorbell.h"
#include "lib/io/event.h"
#include "lib/io/loop.h"

namespace sasl {

namespace {

struct Job {
    std::function<void()> work;
    io::Event done;  // of the loop alone
};

}  // namespace

struct BlockingJobs::State {
    State(size_t number, size_t most) : thread_count(number), limit(most) {}

    void start_threads(const std::shared_ptr<State>& self);
    void work();

    const size_t thread_count;
    const size_t limit;
    io::Doorbell doorbell;
    std::vector<std::thread> threads;

    std::mutex mutex;  // for what follows
    std::condition_variable changed;
    std::deque<std::shared_ptr<Job>> waiting, finished;
    size_t busy = 0;
    bool stopping = false;
};

void BlockingJobs::State::work() {
    std::unique_lock hold(mutex);
    for (;;) {
        changed.wait(hold, [this] { return stopping || !waiting.empty(); });
        if (stopping)
            return;
        std::shared_ptr<Job> job = std::move(waiting.front());
        waiting.pop_front();
        ++busy;
        hold.unlock();
        job->work();
        job->work = nullptr;
        hold.lock();
        --busy;
        finished.push_back(std::move(job));
        doorbell.ring();
    }
}

void BlockingJobs::State::start_threads(const std::shared_ptr<State>& self) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (threads.size() < thread_count)
        threads.emplace_back([self] { self->work(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

BlockingJobs::BlockingJobs(size_t threads, size_t limit)
    : state_(std::make_shared<State>(threads, limit)) {}

BlockingJobs::~BlockingJobs() {
    bool idle;
    {
        std::lock_guard hold(state_->mutex);
        state_->stopping = true;
        idle = state_->busy == 0;
        state_->changed.notify_all();
    }
    for (std::thread& thread : state_->threads)
        idle ? thread.join() : thread.detach();
}

io::Task<void> BlockingJobs::run() {
    std::shared_ptr<State> state = state_;
    for (;;) {
        co_await state->doorbell.wait();
        std::deque<std::shared_ptr<Job>> finished;
        {
            std::lock_guard hold(state->mutex);
            finished.swap(state->finished);
        }
        for (const std::shared_ptr<Job>& job : finished)
            job->done.set();
    }
}

io::Task<BlockingJobs::Outcome> BlockingJobs::perform(std::function<void()> work,
                                                      base::Duration time_limit) {
    auto job = std::make_shared<Job>();
    job->work = std::move(work);
    state_->start_threads(state_);
    {
        std::lock_guard hold(state_->mutex);
        if (state_->waiting.size() >= state_->limit)
            co_return Outcome::too_many;
        state_->waiting.push_back(job);
        state_->changed.notify_one();
    }
    bool done = co_await job->done.wait(io::loop().now() + time_limit);
    co_return done ? Outcome::done : Outcome::late;
}

}  // namespace sasl
