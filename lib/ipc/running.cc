#include "lib/ipc/running.h"

#include <fcntl.h>
#include <sys/file.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"

namespace ipc {

std::optional<pid_t> running_master(const std::string& queue_directory) {
    base::Fd file(::open((queue_directory + "/" + pid_file).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file || ::flock(file.get(), LOCK_SH | LOCK_NB) == 0)
        return std::nullopt;
    char bytes[32];
    ssize_t n = ::pread(file.get(), bytes, sizeof bytes, 0);
    if (n <= 0)
        return std::nullopt;
    return base::number<pid_t>(base::trim(std::string_view(bytes, static_cast<size_t>(n))));
}

}  // namespace ipc
