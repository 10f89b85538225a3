#include "lib/io/signals.h"

#include <sys/signalfd.h>

#include "lib/base/error.h"

namespace io {
namespace {

base::Fd block(std::initializer_list<int> numbers) {
    sigset_t set;
    sigemptyset(&set);
    for (int number : numbers)
        sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    base::Fd fd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd)
        throw base::SystemError("make a signalfd");
    return fd;
}

}  // namespace

Signals::Signals(std::initializer_list<int> numbers) : descriptor_(block(numbers)) {}

Task<int> Signals::next() {
    while (true) {
        co_await descriptor_.readable();
        signalfd_siginfo info;
        ssize_t n = ::read(descriptor_.fd(), &info, sizeof info);
        if (n == sizeof info)
            co_return static_cast<int>(info.ssi_signo);
        descriptor_.read_some(-1, sizeof info);
    }
}

}  // namespace io
