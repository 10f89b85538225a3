#include "lib/io/child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <exception>

extern "C" {
#include <sys/pidfd.h>  // glibc 2.36 forgets to say that it is C
}

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/scope.h"

namespace io {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> list;
    for (const std::string& string : strings)
        list.push_back(const_cast<char*>(string.c_str()));
    list.push_back(nullptr);
    return list;
}

// The C objects posix_spawn wants, released together.
struct SpawnPlan {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;

    SpawnPlan() {
        posix_spawnattr_init(&attributes);
        posix_spawn_file_actions_init(&actions);
    }
    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }

    void set_signals_and_group(const SpawnOptions& options) {
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
        if (options.new_session)
            flags |= POSIX_SPAWN_SETSID;
        if (options.new_group)
            flags |= POSIX_SPAWN_SETPGROUP;
        posix_spawnattr_setflags(&attributes, flags);
    }
};

// Descriptors whose numbers collide with a child's number are moved out of the way first.
std::vector<base::Fd> move_clear(std::vector<SpawnOptions::Passed>& passed) {
    int highest = 2;
    for (const auto& each : passed)
        highest = std::max(highest, each.as);
    std::vector<base::Fd> moved;
    for (auto& each : passed) {
        moved.emplace_back(fcntl(each.ours, F_DUPFD_CLOEXEC, highest + 1));
        if (!moved.back())
            throw base::SystemError("duplicate a descriptor for a child");
        each.ours = moved.back().get();
    }
    return moved;
}

}  // namespace

Child::Child(pid_t pid, base::Fd pidfd, bool leads_group)
    : pid_(pid),
      leads_group_(leads_group),
      ended_(std::make_unique<Descriptor>(std::move(pidfd))) {}

Child Child::spawn(const SpawnOptions& options) {
    std::vector<SpawnOptions::Passed> passed = options.descriptors;
    std::vector<base::Fd> moved = move_clear(passed);
    SpawnPlan plan;
    plan.set_signals_and_group(options);
    for (const auto& each : passed)
        posix_spawn_file_actions_adddup2(&plan.actions, each.ours, each.as);
    pid_t pid;
    int error = posix_spawn(&pid, options.path.c_str(), &plan.actions, &plan.attributes,
                            pointers(options.argv).data(), pointers(options.environment).data());
    if (error != 0)
        throw base::SystemError(base::text("start ", options.path), error);
    base::Fd pidfd(pidfd_open(pid, 0));
    if (!pidfd)
        throw base::SystemError(base::text("watch process ", pid));
    return Child(pid, std::move(pidfd), options.new_session || options.new_group);
}

Task<int> Child::wait() {
    std::optional<int> status = co_await wait_until(never);
    co_return *status;
}

Task<std::optional<int>> Child::wait_until(Instant deadline) {
    while (true) {
        int status;
        if (waitpid(pid_, &status, WNOHANG) == pid_)
            co_return status;
        ended_->read_some(-1, 0);
        bool ended = co_await ended_->readable(deadline);
        if (!ended)
            co_return std::nullopt;
    }
}

// A task of its own: whoever waits for it may be cancelled, and the child is reaped all the same.
Task<void> Child::watch(std::optional<int>& status, Event& ended) {
    std::exception_ptr error;
    try {
        std::optional<int> found = co_await wait_until(never);
        status = found;
    } catch (...) {
        error = std::current_exception();
    }
    ended.set();
    if (error)
        std::rethrow_exception(error);
}

Task<std::optional<int>> Child::wait_or_kill(Instant deadline) {
    Scope watching;
    Event ended;
    std::optional<int> status;
    watching.spawn(watch(status, ended));
    std::exception_ptr cancelled;
    try {
        co_await ended.wait(deadline);
    } catch (const Cancelled&) {
        cancelled = std::current_exception();
    }
    bool in_time = status.has_value();
    if (!in_time)
        ::kill(leads_group_ ? -pid_ : pid_, SIGKILL);
    try {
        co_await watching.join();
    } catch (const Cancelled&) {
        cancelled = std::current_exception();
    }
    // Cancelled only now: what was killed is not left behind for that.
    co_await watching.join();
    if (cancelled)
        std::rethrow_exception(cancelled);
    if (!in_time)
        co_return std::nullopt;
    co_return status;
}

void Child::kill(int signal) const {
    ::kill(pid_, signal);
}

}  // namespace io
