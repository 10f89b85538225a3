#include "postlogd/log_file.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"

namespace postlogd {
namespace {

base::Fd connect_to_syslog() {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strcpy(name.sun_path, "/dev/log");
    base::Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd || ::connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0)
        throw base::SystemError("maillog_file is not set, and syslog at /dev/log does not answer");
    return fd;
}

base::Fd open_file(const std::string& path) {
    if (path == "/dev/stdout")
        return base::Fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    base::Fd file(::open(path.c_str(), flags, 0600));
    if (!file)
        throw base::SystemError(base::text("open maillog_file ", path));
    return file;
}

}  // namespace

LogFile::LogFile(std::string path, std::string host)
    : path_(std::move(path)), host_(std::move(host)) {
    open();
}

void LogFile::open() {
    file_ = path_.empty() ? connect_to_syslog() : open_file(path_);
    second_ = -1;
}

void LogFile::stamp(base::WallTime now) {
    auto second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (second == second_)
        return;
    second_ = second;
    std::time_t time = second;
    std::tm local;
    ::localtime_r(&time, &local);
    char text[32];
    std::strftime(text, sizeof text, "%b %e %H:%M:%S ", &local);
    prefix_ = path_.empty() ? base::text("<", LOG_MAIL | LOG_INFO, ">", text)
                            : base::text(text, host_, " ");
}

void LogFile::add(std::string_view datagram, base::WallTime now) {
    stamp(now);
    for (std::string_view line : base::split(datagram, "\n")) {
        line = line.substr(0, base::log::line_bytes + 256);
        waiting_ += prefix_;
        waiting_ += base::printable(line);
        waiting_ += '\n';
        if (path_.empty())
            write();  // syslog takes one line a datagram
    }
}

void LogFile::write() {
    if (waiting_.empty())
        return;
    if (lines_lost_ > 0 && !path_.empty()) {
        std::string lost =
            base::text(prefix_, "postfix/postlogd[", ::getpid(), "]: warning: ", lines_lost_,
                       " log lines could not be written\n");
        if (::write(file_.get(), lost.data(), lost.size()) == static_cast<ssize_t>(lost.size()))
            lines_lost_ = 0;
    }
    std::string_view rest = waiting_;
    while (!rest.empty()) {
        ssize_t n = ::write(file_.get(), rest.data(), rest.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        rest.remove_prefix(static_cast<size_t>(n));
    }
    for (char c : rest)
        lines_lost_ += c == '\n';
    waiting_.clear();
}

}  // namespace postlogd
