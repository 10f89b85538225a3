#include "sendmail/smtp_dialogue.h"

#include <optional>
#include <string>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/esmtp/command.h"
#include "lib/ipc/authorized.h"
#include "lib/mail/dsn_parameters.h"
#include "lib/mail/xtext.h"
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
    struct To {
        std::string address;
        uint32_t notify = 0;
        std::string orcpt;  // as given
    };

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
        reply("500 5.5.2 Error: command not recognized");
    }

    void hello(const esmtp::Command&) { reply(base::text("250 ", hostname_)); }
    void extended_hello(const esmtp::Command&) {
        reset();
        reply(base::text("250-", hostname_));
        reply("250-PIPELINING");
        reply(base::text("250-SIZE ", settings_.size("message_size_limit")));
        for (const char* offer : {"VRFY", "ENHANCEDSTATUSCODES", "8BITMIME"})
            reply(base::text("250-", offer));
        reply("250 DSN");
    }
    void mail(const esmtp::Command& command) {
        if (sender_)
            return reply("503 5.5.1 Error: nested MAIL command");
        auto path = read_path(command, "FROM");
        if (!path)
            return;
        reset();
        for (const esmtp::Parameter& parameter : path->parameters) {
            std::string fault = take_parameter(parameter);
            if (!fault.empty())
                return reply(fault);
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
        To to{path->address, 0, ""};
        for (const esmtp::Parameter& parameter : path->parameters) {
            std::string fault = take_parameter(parameter, to);
            if (!fault.empty())
                return reply(fault);
        }
        recipients_.push_back(std::move(to));
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
        std::string_view whose = keyword == "FROM" ? "501 5.1.7 Bad sender address syntax"
                                                   : "501 5.1.3 Bad recipient address syntax";
        if (std::get<esmtp::PathFault>(read) == esmtp::PathFault::address)
            reply(whose);
        else
            reply(base::text("501 5.5.4 Syntax: ", command.verb, ' ', keyword, ":<address>"));
        return std::nullopt;
    }

    static std::string unsupported(const esmtp::Parameter& parameter) {
        return base::text("555 5.5.4 Unsupported option: ", base::printable(parameter.name),
                          parameter.value ? "=" : "",
                          base::printable(parameter.value.value_or("")));
    }

    // Of MAIL; the reply to a bad one, else "".
    std::string take_parameter(const esmtp::Parameter& parameter) {
        auto is = [&parameter](std::string_view name) {
            return parameter.value && base::equal_nocase(parameter.name, name);
        };
        std::string_view value = parameter.value.value_or("");
        if (is("SIZE"))
            return "";  // postdrop finds out
        if (is("BODY") &&
            (base::equal_nocase(value, "8BITMIME") || base::equal_nocase(value, "7BIT"))) {
            eight_bit_ = base::equal_nocase(value, "8BITMIME");
            return "";
        }
        if (is("RET")) {
            bool full = base::equal_nocase(value, "FULL");
            if (!full && !base::equal_nocase(value, "HDRS"))
                return "501 5.5.4 Bad RET parameter syntax";
            ret_ = full ? "1" : "2";
            return "";
        }
        if (is("ENVID")) {
            if (!mail::valid_envid(value))
                return "501 5.5.4 Bad ENVID parameter syntax";
            envelope_id_ = mail::from_xtext(value).value_or("");
            return "";
        }
        return unsupported(parameter);
    }

    // Of RCPT.
    static std::string take_parameter(const esmtp::Parameter& parameter, To& to) {
        std::string_view value = parameter.value.value_or("");
        if (base::equal_nocase(parameter.name, "NOTIFY")) {
            auto notify = mail::parse_notify(value);
            if (!notify)
                return "501 5.5.4 Error: Bad NOTIFY parameter syntax";
            to.notify = *notify;
            return "";
        }
        if (!base::equal_nocase(parameter.name, "ORCPT"))
            return unsupported(parameter);
        if (!mail::valid_orcpt(value))
            return "501 5.5.4 Error: Bad ORCPT parameter syntax";
        size_t type = value.find(';') + 1;
        to.orcpt =
            base::text(value.substr(0, type), mail::from_xtext(value.substr(type)).value_or(""));
        return "";
    }

    void reset() {
        sender_.reset();
        recipients_.clear();
        eight_bit_ = false;
        ret_.clear();
        envelope_id_.clear();
    }

    // The reply behind the content.
    std::string take_message() {
        Postdrop postdrop(settings_.text("command_directory") + "/postdrop");
        postdrop.put(record::attribute, "rewrite_context=local");
        if (!envelope_id_.empty())
            postdrop.put(record::attribute, base::text("envelope_id=", envelope_id_));
        if (!ret_.empty())
            postdrop.put(record::attribute, base::text("ret_flags=", ret_));
        postdrop.put(record::sender, spool::without_quotes(*sender_));
        if (eight_bit_)
            postdrop.put(record::attribute, "encoding=8bit");
        for (const To& to : recipients_) {
            if (to.notify != 0)
                postdrop.put(record::attribute, base::text("notify_flags=", to.notify));
            if (!to.orcpt.empty())
                postdrop.put(record::attribute, base::text("dsn_orig_rcpt=", to.orcpt));
            postdrop.put(record::recipient, spool::without_quotes(to.address));
        }
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
    std::vector<To> recipients_;
    bool eight_bit_ = false;
    std::string ret_;          // as ret_flags has it
    std::string envelope_id_;  // without its xtext
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
