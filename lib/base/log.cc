#include "lib/base/log.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <mutex>

#include "lib/base/fd.h"
#include "lib/base/text.h"

namespace base::log {
namespace {

// What one datagram to postlogd may hold; well under the kernel's default socket buffer.
constexpr size_t datagram_bytes = 32 * 1024;
constexpr const char* syslog_socket = "/dev/log";
// How long a receiver that is not there is left alone.
constexpr Duration retry_after = 100ms;
// How long to leave a full receiver alone; meanwhile lines gather into larger datagrams.
constexpr Duration pause_when_full = 2ms;

std::string time_stamp() {
    char stamp[32];
    std::time_t now = std::time(nullptr);
    std::tm local;
    localtime_r(&now, &local);
    std::strftime(stamp, sizeof stamp, "%b %e %H:%M:%S ", &local);
    return stamp;
}

class Log {
  public:
    void open(Options options) {
        std::lock_guard hold(lock_);
        flush_locked();
        options_ = std::move(options);
        tag_ = tag(options_.program);
        pid_ = ::getpid();
        opened_ = true;
        socket_.reset();
        retry_at_ = full_until_ = Instant{};
        connect();  // now, while the socket is within reach: a chroot may follow
    }
    const Options& options() const { return options_; }

    void line(int severity, std::string_view program, std::string_view word,
              std::string_view what) {
        std::lock_guard hold(lock_);
        std::string full = text(program.empty() ? tag_ : tag(program), "[", pid_, "]: ", word,
                                printable(what.substr(0, line_bytes)));
        if (!opened_ || options_.to_stderr || options_.only_stderr)
            to_stderr(options_.stderr_name.empty() ? full
                                                   : text(options_.stderr_name, ": ", word,
                                                          printable(what.substr(0, line_bytes))));
        if (opened_ && !options_.only_stderr)
            keep(severity, std::move(full));
    }

    void flush() {
        std::lock_guard hold(lock_);
        flush_locked();
    }
    bool connected() {
        std::lock_guard hold(lock_);
        return bool(socket_);
    }
    bool waiting() {
        std::lock_guard hold(lock_);
        return !waiting_.empty();
    }
    Duration retry_in() {
        std::lock_guard hold(lock_);
        if (waiting_.empty())
            return Duration::max();
        Instant at = socket_ ? full_until_ : retry_at_;
        return std::max(pause_when_full, at - steady_now());
    }
    uint64_t dropped() const { return dropped_; }

  private:
    std::string tag(std::string_view program) const {
        std::string_view name = options_.syslog_name;
        return text(name, name.empty() ? "" : "/", program);
    }
    struct Line {
        int severity;
        std::string text;
    };

    static void to_stderr(std::string full) {
        full += '\n';
        [[maybe_unused]] ssize_t n = ::write(STDERR_FILENO, full.data(), full.size());
    }

    void keep(int severity, std::string full) {
        if (waiting_bytes_ + full.size() > options_.ring_bytes) {
            ++dropped_;
            ++dropped_unsaid_;
            return;
        }
        waiting_bytes_ += full.size();
        waiting_.push_back({severity, std::move(full)});
    }

    bool connect() {
        if (socket_)
            return true;
        Instant now = steady_now();
        if (now < retry_at_)
            return false;
        retry_at_ = now + retry_after;
        bool to_syslog = options_.postlog_socket.empty();
        const std::string path = to_syslog ? syslog_socket : options_.postlog_socket;
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        if (path.size() >= sizeof name.sun_path)
            return false;
        std::memcpy(name.sun_path, path.data(), path.size());
        Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!fd || ::connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name) != 0)
            return false;
        socket_ = std::move(fd);
        return true;
    }

    // True when the receiver took it; false keeps the lines for a later turn.
    bool send(std::string_view datagram) {
        for (int tries = 0; tries < 2; ++tries) {
            if (!connect())
                return false;
            if (::send(socket_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL) >= 0)
                return true;
            if (errno == EAGAIN || errno == ENOBUFS) {
                full_until_ = steady_now() + pause_when_full;
                return false;
            }
            socket_.reset();  // the receiver went away; perhaps a new one listens
            retry_at_ = Instant{};
        }
        return false;
    }

    // For a command while the mail system is down: what waits goes into the file itself.
    bool write_to_file() {
        if (socket_ || options_.file_when_absent.empty())
            return false;
        Fd file(::open(options_.file_when_absent.c_str(),
                       O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
        std::string all;
        for (const Line& line : waiting_)
            append(all, time_stamp(), options_.host, " ", line.text, '\n');
        return file && ::write(file.get(), all.data(), all.size()) == ssize_t(all.size());
    }

    static std::string syslog_form(const Line& line) {
        return text("<", LOG_MAIL | line.severity, ">", time_stamp(), line.text);
    }

    // As many waiting lines as one datagram takes: all that fit for postlogd, one for syslog.
    std::string next_datagram(size_t& lines) {
        if (options_.postlog_socket.empty()) {
            lines = 1;
            return syslog_form(waiting_.front());
        }
        std::string datagram;
        for (lines = 0; lines < waiting_.size(); ++lines) {
            const std::string& next = waiting_[lines].text;
            if (lines > 0 && datagram.size() + next.size() + 1 > datagram_bytes)
                break;
            append(datagram, next, '\n');
        }
        return datagram;
    }

    void flush_locked() {
        while (!waiting_.empty() && steady_now() >= full_until_) {
            size_t lines = 0;
            if (!send(next_datagram(lines))) {
                if (!write_to_file())
                    return;
                lines = waiting_.size();
            }
            for (; lines > 0; --lines) {
                waiting_bytes_ -= waiting_.front().text.size();
                waiting_.pop_front();
            }
        }
        if (dropped_unsaid_ > 0) {
            uint64_t count = std::exchange(dropped_unsaid_, 0);
            std::string said = text(tag_, "[", pid_, "]: warning: ", count,
                                    " log lines dropped: the log did not take them in time");
            keep(LOG_WARNING, std::move(said));
        }
    }

    std::mutex lock_;
    Options options_;
    std::string tag_ = "postfix/posthaste";
    pid_t pid_ = ::getpid();  // as of open(): our processes are spawned, never forked
    bool opened_ = false;
    Fd socket_;
    Instant retry_at_{};    // no receiver was there: when to look again
    Instant full_until_{};  // the receiver's queue was full
    std::deque<Line> waiting_;
    size_t waiting_bytes_ = 0;
    uint64_t dropped_ = 0;
    uint64_t dropped_unsaid_ = 0;
};

Log& the_log() {
    static Log* log = new Log;  // never destroyed: threads may log while the process ends
    return *log;
}

}  // namespace

void open(Options options) {
    the_log().open(std::move(options));
}
const Options& options() {
    return the_log().options();
}
void info(std::string_view line) {
    the_log().line(LOG_INFO, {}, "", line);
}
void warning(std::string_view line) {
    the_log().line(LOG_WARNING, {}, "warning: ", line);
}
void error(std::string_view line) {
    the_log().line(LOG_ERR, {}, "error: ", line);
}

void fatal(std::string_view line, int status) {
    the_log().line(LOG_CRIT, {}, "fatal: ", line);
    drain(last_words);
    _exit(status);
}

void panic(std::string_view line) {
    the_log().line(LOG_CRIT, {}, "panic: ", line);
    drain(last_words);
    abort();
}

void info_as(std::string_view program, std::string_view line) {
    the_log().line(LOG_INFO, program, "", line);
}
void warning_as(std::string_view program, std::string_view line) {
    the_log().line(LOG_WARNING, program, "warning: ", line);
}

void flush() {
    the_log().flush();
}

void drain(Duration limit) {
    Instant end = steady_now() + limit;
    Instant end_alone = steady_now() + 2 * retry_after;
    while (true) {
        flush();
        Instant now = steady_now();
        if (!the_log().waiting() || now >= end || (now >= end_alone && !the_log().connected()))
            return;
        ::usleep(20'000);
    }
}

Duration retry_in() {
    return the_log().retry_in();
}

uint64_t dropped() {
    return the_log().dropped();
}

}  // namespace base::log
