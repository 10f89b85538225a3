// Child is a process that this one started.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/io/descriptor.h"
#include "lib/io/event.h"
#include "lib/io/task.h"

namespace io {

struct SpawnOptions {
    struct Passed {
        int ours;
        int as;  // the number that the child finds it under
    };
    std::string path;
    std::vector<std::string> argv;         // with argv[0]
    std::vector<std::string> environment;  // all of it, "NAME=value"
    std::vector<Passed> descriptors;       // every other one is closed by its close-on-exec flag
    bool new_session = false;
    bool new_group = false;
};

class Child {
  public:
    // Starts the program with default signal actions and an empty signal mask. Throws
    // base::SystemError naming the program.
    static Child spawn(const SpawnOptions& options);
    Child(Child&&) = default;

    pid_t pid() const { return pid_; }
    // Its wait status (see waitpid(2)) once it has ended; it must be waited for.
    Task<int> wait();
    // The same; none when it has not ended by then.
    Task<std::optional<int>> wait_until(Instant deadline);
    // The same, but where it has not ended by then, or the waiting task is cancelled, it is killed,
    // with its whole group if it leads a new one. Either way it is gone afterwards.
    Task<std::optional<int>> wait_or_kill(Instant deadline);
    void kill(int signal) const;

  private:
    Child(pid_t pid, base::Fd pidfd, bool leads_group);
    Task<void> watch(std::optional<int>& status, Event& ended);

    pid_t pid_;
    bool leads_group_;
    std::unique_ptr<Descriptor> ended_;
};

}  // namespace io
