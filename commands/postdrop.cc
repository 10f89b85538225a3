// postdrop takes a message from a local user and puts it into maildrop/; see postdrop(1).
//
// It runs with the rights of setgid_group, which may make files in maildrop/ but not list it.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/base/time.h"
#include "lib/ipc/authorized.h"
#include "lib/ipc/command.h"
#include "lib/ipc/submission.h"
#include "lib/ipc/trigger.h"
#include "lib/spool/posted_records.h"

namespace {

constexpr const char* usage = "usage: postdrop [-c config_dir] [-r] [-v]";
constexpr int failure = 1;

// The file being written, for the signals that end this process; "" once it is whole.
char unfinished[4096];

[[noreturn]] void fail(std::string_view line) {
    ::unlink(unfinished);
    ipc::end_command(line, failure);
}

extern "C" void give_up(int signal) {
    ::unlink(unfinished);
    ::_exit(128 + signal);
}

void catch_signals() {
    ::signal(SIGPIPE, SIG_IGN);
    for (int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) {
        struct sigaction action {};
        action.sa_handler = give_up;
        if (signal == SIGHUP) {
            struct sigaction before {};
            ::sigaction(signal, nullptr, &before);
            if (before.sa_handler == SIG_IGN)
                continue;  // nohup
        }
        ::sigaction(signal, &action, nullptr);
    }
}

std::optional<std::string> parse(int argc, char** argv) {
    std::optional<std::string> directory;
    int option;
    while ((option = ::getopt(argc, argv, "c:rv")) > 0) {
        if (option == 'c')
            directory = optarg;
        else if (option == '?')
            fail(usage);
    }
    if (optind < argc)
        fail(usage);
    return directory;
}

// A file of maildrop/, under the name that becomes part of the log.
class DropFile {
  public:
    // Its size is limited as that of a message, its records counted; 0: not.
    DropFile(const std::string& maildrop, uint64_t most) : most_(most) {
        int64_t micros = base::wall_now().time_since_epoch().count();
        arrival_ = base::text(micros / 1000000, ' ', micros % 1000000);
        std::string draft = base::text(maildrop, '/', micros % 1000000, '.', ::getpid());
        if (draft.size() + 40 > sizeof unfinished)
            throw std::runtime_error("queue_directory is too long");
        std::strcpy(unfinished, draft.c_str());
        fd_ = base::Fd(::open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        struct stat status;
        if (!fd_ || ::fstat(fd_.get(), &status) != 0)
            throw base::SystemError("create file " + draft);
        id_ = base::upper_hex(static_cast<uint64_t>(micros % 1000000), 5) +
              base::upper_hex(status.st_ino);
        std::string path = base::text(maildrop, '/', id_);
        if (::rename(draft.c_str(), path.c_str()) != 0)
            throw base::SystemError(base::text("rename ", draft, " to ", path));
        std::strcpy(unfinished, path.c_str());
        put(spool::record::time, arrival_);
    }

    const std::string& id() const { return id_; }

    void put(char type, std::string_view data) {
        spool::append_record(buffer_, type, data);
        if (buffer_.size() >= 65536)
            flush();
    }
    // From here on the message is pickup's.
    void finish() {
        flush();
        if (::fchmod(fd_.get(), 0744) != 0 || ::fsync(fd_.get()) != 0)
            throw base::SystemError("fsync queue file");
        *unfinished = '\0';
    }

  private:
    void flush() {
        if (most_ > 0 && size_ + buffer_.size() > most_)
            throw base::SystemError("write queue file", EFBIG);
        for (std::string_view rest = buffer_; !rest.empty();) {
            ssize_t n = ::write(fd_.get(), rest.data(), rest.size());
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                throw base::SystemError("write queue file", n < 0 ? errno : ENOSPC);
            rest.remove_prefix(static_cast<size_t>(n));
        }
        size_ += buffer_.size();
        buffer_.clear();
    }

    base::Fd fd_;
    uint64_t most_;
    uint64_t size_ = 0;
    std::string id_;
    std::string arrival_;
    std::string buffer_;
};

// The next record on standard input; none at its end.
std::optional<spool::QueueRecord> next_record(size_t longest) {
    spool::QueueRecord record;
    int type = std::getchar();
    if (type == EOF)
        return std::nullopt;
    record.type = static_cast<char>(type);
    size_t length = 0;
    for (unsigned shift = 0; shift <= 28; shift += 7) {
        int group = std::getchar();
        if (group == EOF)
            return std::nullopt;
        length |= static_cast<size_t>(group & 0x7f) << shift;
        if (!(group & 0x80))
            break;
    }
    if (length > longest)
        throw spool::BadContent(
            base::text("illegal length ", length, ", record type ", static_cast<int>(type)));
    record.data.resize(length);
    if (std::fread(record.data.data(), 1, length, stdin) != length)
        return std::nullopt;
    return record;
}

// Copies standard input to the file; false where it ends early: then nobody wants the message.
bool take_message(DropFile& file, size_t longest, ipc::SubmissionStatus& status) {
    spool::PostedRecords rules;
    while (true) {
        auto record = next_record(longest);
        if (!record)
            return false;
        auto verdict = rules.judge(record->type, record->data);
        if (verdict != spool::PostedRecords::Verdict::drop)
            file.put(record->type, record->data);
        if (verdict == spool::PostedRecords::Verdict::last)
            break;
    }
    if (!rules.complete())
        status = ipc::SubmissionStatus::bad;
    return true;
}

void answer(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0)
        fail(base::SystemError("answer the submitter").what());
}

std::string who() {
    return base::text("uid=", ::getuid(), ": ");
}

ipc::SubmissionStatus drop(const config::Settings& settings) {
    auto longest = static_cast<size_t>(settings.number("line_length_limit"));
    auto status = ipc::SubmissionStatus::ok;
    DropFile file("maildrop", settings.size("message_size_limit"));
    answer(ipc::submission_greeting(file.id()));
    try {
        if (!take_message(file, longest, status)) {
            ::unlink(unfinished);
            std::exit(0);
        }
        if (status == ipc::SubmissionStatus::ok)
            file.finish();
    } catch (const base::SystemError& error) {
        base::log::warning(who() + error.what());
        status = error.code() == EFBIG ? ipc::SubmissionStatus::too_big
                                       : ipc::SubmissionStatus::write_error;
    }
    if (status != ipc::SubmissionStatus::ok)
        ::unlink(unfinished);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    ::umask(022);
    ipc::begin_command("postdrop");
    auto directory = parse(argc, argv);
    config::Settings settings = ipc::command_settings("postdrop", directory, failure);
    std::string queue = settings.text("queue_directory");
    if (::chdir(queue.c_str()) != 0)
        fail(base::SystemError("enter the queue directory " + queue).what());
    catch_signals();
    try {
        if (!ipc::authorized(settings, "authorized_submit_users"))
            fail(base::text("User ", ipc::login_name(), '(', ::getuid(),
                            ") is not allowed to submit mail"));
        auto status = drop(settings);
        if (status == ipc::SubmissionStatus::ok)
            ipc::trigger("public/pickup", "W");
        answer(ipc::submission_result(status));
        base::log::drain(base::log::last_words);
        return status == ipc::SubmissionStatus::ok ? 0 : failure;
    } catch (const spool::BadContent& error) {
        fail(who() + error.what());
    } catch (const std::exception& error) {
        fail(error.what());
    }
}
