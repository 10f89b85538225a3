#include "lib/ipc/agent_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <limits>

#include "lib/base/error.h"

namespace ipc {

namespace {

std::string mark_path(const std::string& queue_directory) {
    return queue_directory + "/log/agents";
}

struct flock byte_range(short type, off_t start, off_t length) {
    struct flock range {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = start;
    range.l_len = length;
    return range;
}

// Asks which lock is in the way of one from `from` up to `to`. The kernel names the one that was
// set first, so that there may be more on either side of it. Neighbours never merge, since every
// agent's lock belongs to an open file of its own.
void find_marked(int file, off_t from, off_t to, std::vector<pid_t>& marked) {
    while (from < to) {
        struct flock range = byte_range(F_WRLCK, from, to - from);
        if (::fcntl(file, F_OFD_GETLK, &range) != 0)
            throw base::SystemError("lock query of log/agents");
        if (range.l_type == F_UNLCK)
            return;
        find_marked(file, from, range.l_start, marked);
        marked.push_back(static_cast<pid_t>(range.l_start));
        from = range.l_start + 1;
    }
}

}  // namespace

AgentMark::AgentMark(const std::string& queue_directory) {
    std::string path = mark_path(queue_directory);
    file_ = base::Fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file_)
        throw base::SystemError("open " + path);
}

void AgentMark::lock(short type) {
    struct flock range = byte_range(type, ::getpid(), 1);
    if (::fcntl(file_.get(), F_OFD_SETLK, &range) != 0)
        throw base::SystemError("lock of log/agents");
}

void AgentMark::set() {
    lock(F_RDLCK);
}

void AgentMark::clear() {
    lock(F_UNLCK);
}

std::vector<pid_t> marked_agents(const std::string& queue_directory) {
    std::string path = mark_path(queue_directory);
    base::Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!file && errno == ENOENT)
        return {};
    if (!file)
        throw base::SystemError("open " + path);
    std::vector<pid_t> marked;
    find_marked(file.get(), 0, std::numeric_limits<pid_t>::max(), marked);
    return marked;
}

}  // namespace ipc
