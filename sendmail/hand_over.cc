#include "sendmail/hand_over.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/submission.h"
#include "lib/mail/header_addresses.h"
#include "lib/spool/queue_envelope.h"
#include "lib/spool/queue_record.h"
#include "sendmail/message.h"

extern char** environ;

namespace sendmail {

namespace {

namespace record = spool::record;

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

// postdrop at work: records go to it, attributes come back.
class Postdrop {
  public:
    explicit Postdrop(const std::string& program) {
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
    Postdrop(const Postdrop&) = delete;
    Postdrop& operator=(const Postdrop&) = delete;
    // A message that was not finished is none.
    ~Postdrop() { wait(); }

    void put(char type, std::string_view data) {
        spool::append_record(buffer_, type, data);
        if (buffer_.size() >= 65536)
            flush();
    }

    // The message is complete; what became of it.
    ipc::SubmissionStatus finish() {
        flush();
        to_.reset();
        take();  // the file's name, which says nothing to users
        auto answer = take();
        wait();
        auto status = base::number<unsigned>(answer["status"]);
        if (!status)
            throw Failure("unable to submit the message: postdrop gave no result", try_later);
        return static_cast<ipc::SubmissionStatus>(*status);
    }

  private:
    void flush() {
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

    std::map<std::string, std::string> take() {
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

    void wait() {
        to_.reset();
        if (pid_ > 0)
            while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
            }
        pid_ = 0;
    }

    base::Fd to_, from_;
    pid_t pid_ = 0;
    std::string buffer_, answer_;
    bool refused_ = false;
};

std::string sender_of(const Request& request, const Submitter& submitter) {
    if (!request.sender)
        return submitter.user;
    auto addresses = mail::header_addresses(*request.sender);
    std::string sender = addresses.empty() ? "" : addresses[0].address;
    if (addresses.size() > 1)
        base::log::warning(
            base::text("-f option specified malformed sender: ", base::printable(*request.sender)));
    return spool::without_quotes(sender);
}

void put_recipient(Postdrop& postdrop, const Request& request, const std::string& address) {
    if (request.notify != 0)
        postdrop.put(record::attribute, base::text("notify_flags=", request.notify));
    postdrop.put(record::recipient, spool::without_quotes(address));
}

// All addresses on the command line.
std::vector<std::string> given_recipients(const Request& request) {
    std::vector<std::string> found;
    for (const std::string& word : request.recipients)
        for (mail::HeaderAddress& address : mail::header_addresses(word))
            found.push_back(std::move(address.address));
    return found;
}

void put_envelope(Postdrop& postdrop, const Request& request, const Submitter& submitter) {
    if (!request.envelope_id.empty())
        postdrop.put(record::attribute, base::text("envelope_id=", request.envelope_id));
    if (!request.ret.empty())
        postdrop.put(record::attribute, base::text("ret_flags=", request.ret));
    postdrop.put(record::attribute,
                 base::text("rewrite_context=", request.gateway ? "remote" : "local"));
    if (!submitter.full_name.empty())
        postdrop.put(record::full_name, submitter.full_name);
    postdrop.put(record::sender, sender_of(request, submitter));
    if (request.eight_bit)
        postdrop.put(record::attribute, "encoding=8bit");
}

void check_status(ipc::SubmissionStatus status, const Submitter& submitter) {
    switch (status) {
        case ipc::SubmissionStatus::ok:
            return;
        case ipc::SubmissionStatus::bad:
            throw Failure(submitter.text() + ": message has no sender or no recipients",
                          EX_SOFTWARE);
        case ipc::SubmissionStatus::too_big:
            throw Failure(submitter.text() + ": message file too big", EX_UNAVAILABLE);
        case ipc::SubmissionStatus::write_error:
            break;
    }
    throw Failure(submitter.text() + ": queue file write error", try_later);
}

}  // namespace

void hand_over(const Request& request, const Submitter& submitter,
               const config::Settings& settings) {
    std::vector<std::string> recipients = given_recipients(request);
    if (recipients.empty() && !request.from_headers)
        throw Failure(submitter.text() +
                          ": Recipient addresses must be specified on the command line or via the "
                          "-t option",
                      try_later);
    Postdrop postdrop(settings.text("command_directory") + "/postdrop");
    put_envelope(postdrop, request, submitter);
    for (const std::string& recipient : recipients)
        put_recipient(postdrop, request, recipient);
    postdrop.put(record::message, "");
    Reading reading;
    reading.dot_ends = request.dot_ends;
    reading.find_recipients = request.from_headers;
    reading.longest_piece = static_cast<size_t>(settings.number("line_length_limit"));
    auto in_headers = read_message(
        stdin, reading, [&](char type, std::string_view data) { postdrop.put(type, data); });
    if (recipients.empty() && in_headers.empty())
        throw Failure(submitter.text() + ": No recipient addresses found in message header",
                      try_later);
    postdrop.put(record::extracted, "");
    for (const std::string& recipient : in_headers)
        put_recipient(postdrop, request, recipient);
    postdrop.put(record::end, "");
    check_status(postdrop.finish(), submitter);
}

}  // namespace sendmail
