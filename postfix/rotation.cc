#include "postfix/rotation.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"

extern char** environ;

namespace postfix {

namespace {

constexpr int tries = 50;
constexpr useconds_t pause = 100'000;

std::string needed(const config::Settings& settings, std::string_view name) {
    std::string value = settings.text(name);
    if (value.empty())
        throw config::Error(
            base::text("empty '", name, "' parameter value - logfile rotation failed"));
    return value;
}

// The system writes into a new file soon after it was told; it goes on without one until then.
void wait_for(const std::string& file) {
    struct stat status;
    for (int i = 0; i < tries && ::stat(file.c_str(), &status) != 0; ++i)
        ::usleep(pause);
}

void compress(const std::string& program, const std::string& file) {
    std::string command = program, argument = file;
    char* argv[] = {command.data(), argument.data(), nullptr};
    pid_t child = 0;
    int error = ::posix_spawnp(&child, program.c_str(), nullptr, nullptr, argv, environ);
    if (error != 0)
        throw base::SystemError("run " + program, error);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0)
        throw config::Error(base::text(program, " ", file, ": ended with status ",
                                       WIFEXITED(status) ? WEXITSTATUS(status) : -1));
}

}  // namespace

std::string rotation_suffix(const std::string& format, time_t seconds) {
    std::tm local{};
    ::localtime_r(&seconds, &local);
    char suffix[128];
    size_t length = ::strftime(suffix, sizeof suffix, format.c_str(), &local);
    std::string text(suffix, length);
    if (text.empty() || text.find('/') != text.npos)
        throw config::Error(
            base::text("maillog_file_rotate_suffix: no suffix of a file name: \"", format, '"'));
    return text;
}

void rotate_log(const config::Settings& settings, pid_t master) {
    std::string file = needed(settings, "maillog_file");
    std::string compressor = needed(settings, "maillog_file_compressor");
    std::string format = needed(settings, "maillog_file_rotate_suffix");
    if (file.starts_with("/dev/"))
        throw config::Error(base::text("not rotating '", file, "'"));
    std::string old = base::text(file, '.', rotation_suffix(format, ::time(nullptr)));
    struct stat status;
    if (::stat(old.c_str(), &status) == 0)
        throw config::Error(base::text(old, ": is there already"));
    if (::rename(file.c_str(), old.c_str()) != 0)
        throw base::SystemError(base::text("rename ", file, " to ", old));
    if (master != 0) {
        if (::kill(master, SIGHUP) != 0)
            throw base::SystemError(base::text("signal master, process ", master));
        wait_for(file);
        ::sleep(1);  // what was written to the old file until now is on its way still
    }
    compress(compressor, old);
}

}  // namespace postfix
