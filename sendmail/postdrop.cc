#include "sendmail/postdrop.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/spool/queue_record.h"
#include "sendmail/hand_over.h"

extern char** environ;

namespace sendmail {

namespace {

struct Pipe {
    base::Fd read, write;
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            throw base::SystemError("make a pipe");
        read = base::Fd(ends[0]);
        write = base::Fd(ends[1]);
    }
};

}  // namespace

Postdrop::Postdrop(const std::string& program) {
    Pipe in, out;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in.read.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
    char name[] = "postdrop", option[] = "-r";
    char* argv[] = {name, option, nullptr};
    int error = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        throw base::SystemError("run " + program, error);
    to_ = std::move(in.write);
    from_ = std::move(out.read);
}

void Postdrop::put(char type, std::string_view data) {
    spool::append_record(buffer_, type, data);
    if (buffer_.size() >= 65536)
        flush();
}

ipc::SubmissionStatus Postdrop::finish() {
    flush();
    to_.reset();
    name_ = take()["queue_id"];
    auto answer = take();
    wait();
    auto status = base::number<unsigned>(answer["status"]);
    if (!status)
        throw Failure("unable to submit the message: postdrop gave no result", try_later);
    return static_cast<ipc::SubmissionStatus>(*status);
}

void Postdrop::flush() {
    std::string_view rest = buffer_;
    while (!rest.empty() && !refused_) {
        ssize_t n = ::write(to_.get(), rest.data(), rest.size());
        if (n < 0 && errno == EINTR)
            continue;
        refused_ = n <= 0;  // it has ended, and its answer says why
        if (n > 0)
            rest.remove_prefix(static_cast<size_t>(n));
    }
    buffer_.clear();
}

std::map<std::string, std::string> Postdrop::take() {
    while (true) {
        if (auto attributes = ipc::take_attributes(answer_))
            return *attributes;
        char bytes[4096];
        ssize_t n = ::read(from_.get(), bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return {};
        answer_.append(bytes, static_cast<size_t>(n));
    }
}

void Postdrop::wait() {
    to_.reset();
    if (pid_ > 0)
        while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        }
    pid_ = 0;
}

}  // namespace sendmail
