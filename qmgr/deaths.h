// Deaths are what master tells of agents that were killed by a signal.
#pragma once

#include <sys/types.h>

#include <map>

#include "lib/io/event.h"
#include "lib/io/loop.h"
#include "lib/io/task.h"

namespace qmgr {

class Deaths {
  public:
    void note(pid_t pid, int signal) {
        if (signals_.size() >= kept)
            signals_.erase(signals_.begin());
        signals_[pid] = signal;
        noted_.set();
    }
    // The signal that killed `pid`; 0 when it ended otherwise, or when master says nothing until
    // `deadline`.
    io::Task<int> of(pid_t pid, io::Instant deadline) {
        while (!signals_.contains(pid) && io::loop().now() < deadline) {
            noted_.clear();
            co_await noted_.wait(deadline);
        }
        auto found = signals_.find(pid);
        int signal = found == signals_.end() ? 0 : found->second;
        if (found != signals_.end())
            signals_.erase(found);
        co_return signal;
    }

  private:
    static constexpr size_t kept = 1000;  // of those nobody asked about
    std::map<pid_t, int> signals_;
    io::Event noted_;
};

// Whether a process that this signal killed did it to itself, so that the mail it had may be why.
bool is_crash(int signal);

}  // namespace qmgr
