// quiet_thread() starts a thread that no signal is ever given to.
#pragma once

#include <csignal>
#include <thread>
#include <utility>

namespace spool {

template <class Function>
std::thread quiet_thread(Function function) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(function));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

}  // namespace spool
