#include "smtpd/commands.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "smtpd/host_name.h"
#include "smtpd/log.h"
#include "smtpd/starttls.h"

namespace smtpd {

namespace {

constexpr CommandKind table[command_kinds] = {
    // name, where, handle, converse, junk, last, plain
    {"helo", "HELO", nullptr, helo_command, true, true, true},
    {"ehlo", "EHLO", nullptr, ehlo_command, true, true, true},
    {"xclient", "XCLIENT", nullptr, xclient_command, false, true, true},
    {"xforward", "XFORWARD", xforward_command, nullptr, false, false, false},
    {"starttls", "STARTTLS", nullptr, starttls_command, false, true, true},
    {"auth", "AUTH", nullptr, auth_command, false, true, false},
    {"mail", "MAIL", nullptr, mail_command, false, false, false},
    {"rcpt", "RCPT", nullptr, rcpt_command, false, false, false},
    {"data", "DATA", nullptr, data_command, false, true, false},
    {"bdat", "BDAT", nullptr, bdat_command, false, false, false},
    {"rset", "RSET", rset_command, nullptr, true, false, false},
    {"noop", "NOOP", noop_command, nullptr, true, true, true},
    {"vrfy", "VRFY", nullptr, vrfy_command, true, true, false},
    {"etrn", "ETRN", nullptr, etrn_command, true, true, false},
    {"quit", "QUIT", quit_command, nullptr, false, false, true},
    {"unknown", "UNKNOWN", nullptr, unknown_command, false, false, true},
};

size_t place(std::string_view name) {
    for (size_t i = 0; i + 1 < command_kinds; ++i)
        if (base::equal_nocase(name, table[i].name))
            return i;
    return command_kinds - 1;
}

}  // namespace

std::span<const CommandKind, command_kinds> command_table() {
    return table;
}

size_t find_command(const Options& options, std::string_view verb) {
    size_t found = place(verb);
    if (found + 1 < command_kinds)
        return found;
    auto same = [&](const std::string& name) { return base::equal_nocase(name, verb); };
    const auto& noops = options.noop_commands;
    return std::any_of(noops.begin(), noops.end(), same) ? place("noop") : found;
}

static Answer refuse_path(const Session& session, const esmtp::Command& command,
                          esmtp::PathFault fault, const PathRule& rule) {
    if (fault == esmtp::PathFault::syntax)
        return Answer(501, rule.syntax);
    std::string_view args = command.args;
    log::bad_address(session, base::trim(args.substr(std::min(args.find(':') + 1, args.size()))));
    return Answer(501, rule.bad_address);
}

std::variant<esmtp::PathArgument, Answer> read_path(const Session& session,
                                                    const esmtp::Command& command,
                                                    const PathRule& rule) {
    auto parsed = esmtp::parse_path_argument(command.args, rule.keyword);
    if (auto* fault = std::get_if<esmtp::PathFault>(&parsed))
        return refuse_path(session, command, *fault, rule);
    auto& argument = std::get<esmtp::PathArgument>(parsed);
    // An address without brackets is no name of a host.
    bool numeric = valid_address(mail::domain_of(argument.address));
    if (numeric || (session.options().strict_envelopes && !argument.bracketed))
        return refuse_path(session, command, esmtp::PathFault::address, rule);
    return std::move(argument);
}

}  // namespace smtpd
