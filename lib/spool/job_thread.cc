#include "lib/spool/job_thread.h"

#include <condition_variable>
#include <deque>
#include <mutex>

#include "lib/spool/completions.h"
#include "lib/spool/quiet_thread.h"

namespace spool {
namespace {

struct Job : Completions::Ticket {
    std::function<void()> work;
};

}  // namespace

struct JobThread::State {
    Completions completions;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::shared_ptr<Job>> jobs;
    bool stopping = false;
    std::thread thread;

    void add(std::shared_ptr<Job> job) {
        std::lock_guard hold(mutex);
        jobs.push_back(std::move(job));
        changed.notify_one();
    }
    std::shared_ptr<Job> next();
    void run();
};

JobThread::JobThread() : state_(std::make_shared<State>()) {
    State* state = state_.get();
    state->thread = quiet_thread([state] { state->run(); });
}

JobThread::~JobThread() {
    finish();
}

void JobThread::finish() {
    {
        std::lock_guard hold(state_->mutex);
        state_->stopping = true;
        state_->changed.notify_one();
    }
    if (state_->thread.joinable())
        state_->thread.join();
}

// Null when there is nothing left and nothing will come.
std::shared_ptr<Job> JobThread::State::next() {
    std::unique_lock hold(mutex);
    changed.wait(hold, [this] { return stopping || !jobs.empty(); });
    if (jobs.empty())
        return nullptr;
    auto job = std::move(jobs.front());
    jobs.pop_front();
    return job;
}

void JobThread::State::run() {
    while (auto job = next()) {
        try {
            job->work();
        } catch (...) {
            job->error = std::current_exception();
        }
        job->work = nullptr;
        completions.finish(std::move(job));
    }
}

io::Task<void> JobThread::run(std::function<void()> work) {
    auto job = std::make_shared<Job>();
    job->work = std::move(work);
    std::shared_ptr<State> state = state_;  // a cancelled or late waiter may outlive *this
    state->add(job);
    co_await state->completions.wait(job);
}

void JobThread::post(std::function<void()> work) {
    auto job = std::make_shared<Job>();
    job->work = std::move(work);
    state_->add(std::move(job));
}

}  // namespace spool
