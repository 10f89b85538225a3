// The log of this process: lines to postlogd, syslog or standard error, never waited for.
//
// Lines are collected and sent together at flush(), which the event loop calls once a turn (and
// fatal and panic at once). A full or absent receiver never holds mail: up to `ring_bytes` of lines
// wait for it, further ones are counted, and the count is logged when it listens again. A line of
// more than `line_bytes` is cut.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/time.h"

namespace base::log {

inline constexpr size_t line_bytes = 8 * 1024;
// How long a process that ends waits for a log that is slow.
inline constexpr Duration last_words = Duration(1'000'000);

struct Options {
    std::string syslog_name = "postfix";  // the part of the tag before the slash
    std::string program = "posthaste";    // the part behind it
    std::string postlog_socket;           // postlogd's datagram socket; empty: syslog's /dev/log
    std::string file_when_absent;         // where lines go while nobody listens at that socket
    std::string host = "localhost";       // what lines in that file show as their origin
    bool to_stderr = false;               // a copy of every line, for commands and start-fg
    std::string stderr_name;   // on standard error, this in place of the tag, as commands have it
    bool only_stderr = false;  // no receiver at all
    size_t ring_bytes = 1 << 20;
};

// Opens (or opens anew, as after a reload) the log; before that, lines go to standard error.
void open(Options options);
const Options& options();

void info(std::string_view line);
void warning(std::string_view line);
void error(std::string_view line);
// Logs, flushes and ends the process.
[[noreturn]] void fatal(std::string_view line, int status = 1);
// For a state that cannot be: logs, flushes and aborts.
[[noreturn]] void panic(std::string_view line);

// An info line with another program in its tag ("cleanup" for postfix/cleanup[pid]), for an event
// that log analysers expect of another service.
void info_as(std::string_view program, std::string_view line);
void warning_as(std::string_view program, std::string_view line);

void flush();
// Flushes again and again until nothing waits or `limit` has passed: for the end of a process.
void drain(Duration limit);
// When flush() is worth another call because lines wait for a receiver; Duration::max() when none
// do.
Duration retry_in();
uint64_t dropped();

}  // namespace base::log
