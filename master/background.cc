#include "master/background.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "lib/base/error.h"

namespace master {
namespace {

int exit_code(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

[[noreturn]] void reap_for(pid_t child, const sigset_t& passed_on) {
    while (true) {
        int status;
        pid_t ended = ::waitpid(-1, &status, WNOHANG);
        if (ended == child)
            ::_exit(exit_code(status));
        if (ended > 0)
            continue;
        int signal = ::sigwaitinfo(&passed_on, nullptr);
        if (signal > 0 && signal != SIGCHLD)
            ::kill(child, signal);
    }
}

}  // namespace

base::Fd go_to_background() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw base::SystemError("make a pipe");
    base::Fd reading(ends[0]), writing(ends[1]);
    pid_t child = ::fork();
    if (child < 0)
        throw base::SystemError("go into the background");
    if (child == 0) {
        ::setsid();
        return writing;
    }
    writing.reset();
    char up;
    ssize_t n;
    do
        n = ::read(reading.get(), &up, 1);
    while (n < 0 && errno == EINTR);
    ::_exit(n == 1 ? 0 : 1);
}

void report_up(base::Fd pipe) {
    base::Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (int fd : {0, 1, 2})
        ::dup2(null.get(), fd);
    while (::write(pipe.get(), "+", 1) < 0 && errno == EINTR)
        ;
}

void serve_as_init() {
    sigset_t passed_on, before;
    sigemptyset(&passed_on);
    for (int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD})
        sigaddset(&passed_on, signal);
    ::sigprocmask(SIG_BLOCK, &passed_on, &before);
    pid_t child = ::fork();
    if (child < 0)
        throw base::SystemError("start as process 1");
    if (child > 0)
        reap_for(child, passed_on);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace master
