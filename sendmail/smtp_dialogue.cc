#include "sendmail/smtp_dialogue.h"

#include <optional>
#include <string>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/esmtp/command.h"
#include "lib/ipc/authorized.h"
#include "lib/spool/queue_envelope.h"
#include "lib/spool/queue_record.h"
#include "sendmail/hand_over.h"
#include "sendmail/postdrop.h"

namespace sendmail {

namespace {

namespace record = spool::record;

constexpr size_t longest_command = 2048;

class Dialogue {
  public:
    Dialogue(const config::Settings& settings, FILE* input, FILE* output)
        : settings_(settings),
          hostname_(settings.text("myhostname")),
          input_(input),
          output_(output),
          piece_(static_cast<size_t>(settings.number("line_length_limit"))) {}

    void run() {
        reply(base::text("220 ", settings_.text("smtpd_banner")));
        while (!over_) {
            auto line = read_line(longest_command);
            if (!line)
                return;
            obey(esmtp::split_command(line->text));
        }
    }

  private:
    struct Line {
        std::string text;  // without its end
        bool whole;        // the end was read
    };
    struct Verb {
        std::string_view name;
        void (Dialogue::*handler)(const esmtp::Command&);
    };
    static const Verb verbs[9];

    // None at the end of the input.
    std::optional<Line> read_line(size_t most) {
        Line line{{}, false};
        int c = 0;
        while (line.text.size() < most && (c = std::getc(input_)) != EOF) {
            if (c == '\n') {
                line.whole = true;
                break;
            }
            line.text.push_back(static_cast<char>(c));
        }
        if (line.whole && line.text.ends_with('\r'))
            line.text.pop_back();
        if (c == EOF && line.text.empty())
            return std::nullopt;
        return line;
    }

    void reply(std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), output_);
        std::fputs("\r\n", output_);
        if (std::fflush(output_) != 0)
            over_ = true;
    }

    void obey(const esmtp::Command& command) {
        for (const Verb& verb : verbs)
            if (base::equal_nocase(verb.name, command.verb))
                return (this->*verb.handler)(command);
        reply("502 5.5.2 Error: command not recognized");
    }

    void hello(const esmtp::Command&) { reply(base::text("250 ", hostname_)); }
    void extended_hello(const esmtp::Command&) {
        reset();
        reply(base::text("250-", hostname_));
        reply("250-PIPELINING");
        reply(base::text("250-SIZE ", settings_.size("message_size_limit")));
        reply("250-ENHANCEDSTATUSCODES");
        reply("250 8BITMIME");
    }
    void mail(const esmtp::Command& command) {
        if (sender_)
            return reply("503 5.5.1 Error: nested MAIL command");
        auto path = read_path(command, "FROM");
        if (!path)
            return;
        for (const esmtp::Parameter& parameter : path->parameters) {
            bool body = base::equal_nocase(parameter.name, "BODY");
            if (!body && !base::equal_nocase(parameter.name, "SIZE"))
                return reply(
                    base::text("555 5.5.4 Unsupported option: ", base::printable(parameter.name)));
            eight_bit_ = eight_bit_ || (body && parameter.value &&
                                        base::equal_nocase(*parameter.value, "8BITMIME"));
        }
        sender_ = path->address;
        reply("250 2.1.0 Ok");
    }
    void rcpt(const esmtp::Command& command) {
        if (!sender_)
            return reply("503 5.5.1 Error: need MAIL command");
        auto path = read_path(command, "TO");
        if (!path)
            return;
        if (path->address.empty())
            return reply("501 5.1.3 Bad recipient address syntax");
        if (!path->parameters.empty())
            return reply(base::text("555 5.5.4 Unsupported option: ",
                                    base::printable(path->parameters[0].name)));
        recipients_.push_back(path->address);
        reply("250 2.1.5 Ok");
    }
    void data(const esmtp::Command&) {
        if (!sender_)
            return reply("503 5.5.1 Error: need RCPT command");
        if (recipients_.empty())
            return reply("554 5.5.1 Error: no valid recipients");
        reply("354 End data with <CR><LF>.<CR><LF>");
        std::string answer = take_message();
        if (!over_)
            reply(answer);
        reset();
    }
    void reset_command(const esmtp::Command&) {
        reset();
        reply("250 2.0.0 Ok");
    }
    void nothing(const esmtp::Command&) { reply("250 2.0.0 Ok"); }
    void verify(const esmtp::Command& command) {
        reply(base::text("252 2.0.0 ", base::printable(command.args)));
    }
    void quit(const esmtp::Command&) {
        reply("221 2.0.0 Bye");
        over_ = true;
    }

    std::optional<esmtp::PathArgument> read_path(const esmtp::Command& command,
                                                 std::string_view keyword) {
        auto read = esmtp::parse_path_argument(command.args, keyword);
        if (auto* path = std::get_if<esmtp::PathArgument>(&read))
            return std::move(*path);
        reply(base::text("501 5.5.4 Syntax: ", command.verb, ' ', keyword, ":<address>"));
        return std::nullopt;
    }

    void reset() {
        sender_.reset();
        recipients_.clear();
        eight_bit_ = false;
    }

    // The reply behind the content.
    std::string take_message() {
        Postdrop postdrop(settings_.text("command_directory") + "/postdrop");
        postdrop.put(record::attribute, "rewrite_context=local");
        postdrop.put(record::sender, spool::without_quotes(*sender_));
        if (eight_bit_)
            postdrop.put(record::attribute, "encoding=8bit");
        for (const std::string& recipient : recipients_)
            postdrop.put(record::recipient, spool::without_quotes(recipient));
        postdrop.put(record::message, "");
        if (!copy_content(postdrop)) {
            over_ = true;  // a message without its end is none
            return {};
        }
        postdrop.put(record::extracted, "");
        postdrop.put(record::end, "");
        try {
            switch (postdrop.finish()) {
                case ipc::SubmissionStatus::ok:
                    return base::text("250 2.0.0 Ok: queued as ", postdrop.name());
                case ipc::SubmissionStatus::too_big:
                    return "552 5.3.4 Error: message file too big";
                default:
                    break;
            }
        } catch (const Failure& failure) {
            base::log::warning(failure.what());
        }
        return "451 4.3.0 Error: queue file write error";
    }

    bool copy_content(Postdrop& postdrop) {
        bool begins = true;
        while (auto line = read_line(piece_)) {
            std::string_view text = line->text;
            if (begins && line->whole && text == ".")
                return true;
            if (begins && text.starts_with('.'))
                text.remove_prefix(1);
            postdrop.put(line->whole ? record::line : record::piece, text);
            begins = line->whole;
        }
        return false;
    }

    const config::Settings& settings_;
    std::string hostname_;
    FILE* input_;
    FILE* output_;
    size_t piece_;
    bool over_ = false;
    std::optional<std::string> sender_;
    std::vector<std::string> recipients_;
    bool eight_bit_ = false;
};

const Dialogue::Verb Dialogue::verbs[9] = {
    {"HELO", &Dialogue::hello},   {"EHLO", &Dialogue::extended_hello},
    {"MAIL", &Dialogue::mail},    {"RCPT", &Dialogue::rcpt},
    {"DATA", &Dialogue::data},    {"RSET", &Dialogue::reset_command},
    {"NOOP", &Dialogue::nothing}, {"VRFY", &Dialogue::verify},
    {"QUIT", &Dialogue::quit},
};

}  // namespace

void speak_smtp(const config::Settings& settings, FILE* input, FILE* output) {
    if (!ipc::authorized(settings, "authorized_submit_users"))
        throw Failure("this user is not allowed to submit mail", try_later);
    Dialogue(settings, input, output).run();
}

}  // namespace sendmail
