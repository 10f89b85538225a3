// LogFile is the file that the log lines of all processes end up in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/fd.h"
#include "lib/base/time.h"

namespace postlogd {

class LogFile {
  public:
    // "/dev/stdout" is this process's standard output; "" sends the lines to syslog. `host` is what
    // lines show as their origin. Throws base::SystemError when the file cannot be opened.
    LogFile(std::string path, std::string host);

    // The file by its name again, as after a rotation. On failure the old file stays, and the
    // exception is thrown.
    void open();

    // Puts time and host before each line of `datagram`; they wait for write().
    void add(std::string_view datagram, base::WallTime now);
    // All that was added, in one go. What the disk refuses is lost, counted, and told of when
    // it takes lines again.
    void write();

  private:
    void stamp(base::WallTime now);

    std::string path_;
    std::string host_;
    std::string prefix_;  // of the second below: "Nov  2 10:00:00 host "
    int64_t second_ = -1;
    std::string waiting_;
    uint64_t lines_lost_ = 0;
    base::Fd file_;
};

}  // namespace postlogd
