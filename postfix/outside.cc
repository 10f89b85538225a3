#include "postfix/outside.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/config/error.h"

extern char** environ;

namespace postfix {
namespace {

base::Fd file_of(std::string_view text) {
    base::Fd file(::memfd_create("postfix", MFD_CLOEXEC));
    if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        throw base::SystemError("make room for what a command reads or writes");
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

int run(std::vector<std::string> words, int in, int out) {
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    pid_t child = 0;
    int error = ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw base::SystemError("run " + words[0], error);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

}  // namespace

void output_into(int file, const std::vector<std::string>& words, std::string_view input) {
    base::Fd in = file_of(input);
    int status = run(words, in.get(), file);
    if (status != 0)
        throw config::Error(base::text(words[0], words.size() > 1 ? " " + words[1] : "",
                                       ": ended with status ",
                                       WIFEXITED(status) ? WEXITSTATUS(status) : -1));
}

std::string output_of(const std::vector<std::string>& words, std::string_view input) {
    base::Fd out = file_of({});
    output_into(out.get(), words, input);
    std::string text;
    char piece[4096];
    ::lseek(out.get(), 0, SEEK_SET);
    for (ssize_t n = 0; (n = ::read(out.get(), piece, sizeof piece)) > 0;)
        text.append(piece, static_cast<size_t>(n));
    return text;
}

}  // namespace postfix
