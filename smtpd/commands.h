// The commands that a client may give: one table, one file for each group of them.
#pragma once

#include <span>
#include <string_view>

#include "lib/esmtp/command.h"
#include "lib/io/task.h"
#include "lib/mail/reply.h"
#include "smtpd/session.h"

namespace smtpd {

// What a command came to.
struct Answer {
    // 421 and 521 say themselves that they end the session (RFC 5321 section 3.8, RFC 7504).
    explicit Answer(mail::Reply text)
        : reply(std::move(text)),
          error(reply.code >= 400),
          ends(reply.code == 421 || reply.code == 521) {}
    Answer(int code, std::string_view line) : Answer(mail::Reply::make(code, line)) {}
    Answer&& ending() && {
        ends = true;
        return std::move(*this);
    }
    Answer&& said() && {
        is_said = true;
        return std::move(*this);
    }
    Answer&& forgiven() && {
        error = false;
        return std::move(*this);
    }

    mail::Reply reply;
    bool error;            // counts towards the error limits
    bool ends;             // the session is over with it
    bool is_said = false;  // the command has sent the reply itself
};

struct CommandKind {
    std::string_view name;   // as the disconnect line has it
    std::string_view where;  // as other log lines have it
    // One of the two: some commands are answered at once, some wait for tables or read on.
    Answer (*handle)(Session&, const esmtp::Command&);
    io::Task<Answer> (*converse)(Session&, const esmtp::Command&);
    bool junk;   // too many of it without mail count as errors
    bool last;   // nothing may be sent behind it before its reply came (RFC 2920 section 3.1)
    bool plain;  // obeyed without TLS where that is demanded
};

// In the order of the disconnect line; the last one stands for all that are not known.
std::span<const CommandKind, command_kinds> command_table();
// The place in the table.
size_t find_command(const Options& options, std::string_view verb);

Answer xforward_command(Session& session, const esmtp::Command& command);
Answer rset_command(Session& session, const esmtp::Command& command);
Answer noop_command(Session& session, const esmtp::Command& command);
Answer quit_command(Session& session, const esmtp::Command& command);
io::Task<Answer> helo_command(Session& session, const esmtp::Command& command);
io::Task<Answer> ehlo_command(Session& session, const esmtp::Command& command);
io::Task<Answer> xclient_command(Session& session, const esmtp::Command& command);
io::Task<Answer> auth_command(Session& session, const esmtp::Command& command);
io::Task<Answer> mail_command(Session& session, const esmtp::Command& command);
io::Task<Answer> rcpt_command(Session& session, const esmtp::Command& command);
io::Task<Answer> vrfy_command(Session& session, const esmtp::Command& command);
io::Task<Answer> etrn_command(Session& session, const esmtp::Command& command);
io::Task<Answer> unknown_command(Session& session, const esmtp::Command& command);
// The view in `command` is gone once these have read on.
io::Task<Answer> data_command(Session& session, const esmtp::Command& command);
io::Task<Answer> bdat_command(Session& session, const esmtp::Command& command);

// What the log calls the place behind the last byte of a message.
inline constexpr std::string_view end_of_message_name = "END-OF-MESSAGE";

// A name from a client, for headers and log lines: what could confuse those is replaced.
std::string harmless_name(std::string_view name);

// The address of MAIL FROM: or RCPT TO: with its parameters, or the refusal of it.
struct PathRule {
    std::string_view keyword;      // "FROM"
    std::string_view syntax;       // of the reply to a wrong command
    std::string_view bad_address;  // the reply to a wrong address
};
std::variant<esmtp::PathArgument, Answer> read_path(const Session& session,
                                                    const esmtp::Command& command,
                                                    const PathRule& rule);
// The transaction's content is complete: stores it and says so.
io::Task<Answer> end_of_message(Session& session, std::string_view ok_text);
Answer bare_lf_refused(Session& session);

}  // namespace smtpd
