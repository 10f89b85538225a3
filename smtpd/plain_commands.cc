// RSET, NOOP, VRFY, QUIT and what is no command.
#include "lib/base/text.h"
#include "lib/mail/address.h"
#include "smtpd/commands.h"
#include "smtpd/host_name.h"
#include "smtpd/judge.h"
#include "smtpd/log.h"

namespace smtpd {

Answer rset_command(Session& session, const esmtp::Command& command) {
    if (!command.args.empty())
        return Answer(501, "5.5.4 Syntax: RSET");
    session.reset_mail();
    return Answer(250, "2.0.0 Ok");
}

Answer noop_command(Session&, const esmtp::Command&) {
    return Answer(250, "2.0.0 Ok");
}

io::Task<Answer> vrfy_command(Session& session, const esmtp::Command& command) {
    const Options& options = session.options();
    if (options.disable_vrfy)
        co_return Answer(502, "5.5.1 VRFY command is disabled");
    if (options.helo_required && session.helo.empty())
        co_return Answer(503, "5.5.1 Error: send HELO/EHLO first");
    if (command.args.empty())
        co_return Answer(501, "5.5.4 Syntax: VRFY address");
    auto path = mail::parse_path(command.args);
    if (!path || path->address.empty() || !path->rest.empty())
        co_return Answer(501, "5.1.3 Bad recipient address syntax");
    Objection objection = co_await judge_recipient(session, path->address);
    if (objection)
        co_return Answer(std::move(*objection));
    co_return Answer(252, base::text("2.0.0 ", base::printable(command.args)));
}

// No service keeps lists of mail by site yet.
io::Task<Answer> etrn_command(Session& session, const esmtp::Command& command) {
    if (session.options().helo_required && session.helo.empty())
        co_return Answer(503, "Error: send HELO/EHLO first");
    if (session.mail)
        co_return Answer(503, "Error: MAIL transaction in progress");
    auto words = command.words();
    if (words.size() != 1)
        co_return Answer(500, "Syntax: ETRN domain");
    std::string domain(words[0]);
    if (domain[0] == '@' || domain[0] == '#')  // RFC 1985 section 5.3
        domain.erase(0, 1);
    if (!valid_host_name(domain) && !valid_address_literal(domain))
        co_return Answer(501, "Error: invalid parameter syntax");
    Objection objection = co_await judge_etrn(session, domain);
    if (objection)
        co_return Answer(std::move(*objection));
    log::not_flushed(session, domain);
    co_return Answer(459, base::text('<', domain, ">: service unavailable"));
}

Answer quit_command(Session&, const esmtp::Command&) {
    return Answer(221, "2.0.0 Bye").ending();
}

// "Subject:" and its like: the client takes commands for content.
static bool is_header_name(std::string_view verb) {
    return verb.find(':') != verb.npos && verb.find(':') > 0;
}

io::Task<Answer> unknown_command(Session& session, const esmtp::Command& command) {
    if (command.verb.empty())
        co_return Answer(500, "5.5.2 Error: bad syntax");
    bool forbidden = is_header_name(command.verb);
    if (!forbidden) {
        const dict::MatchList& list = session.shared.policy.forbidden_commands();
        dict::MatchList::Answer listed = co_await list.match(command.verb);
        forbidden = listed.yes();
    }
    // A browser or proxy was talked into this: what it sends next may be anybody's words.
    if (forbidden) {
        log::forbidden(session, command);
        co_return Answer(221, "2.7.0 Error: I can break rules, too. Goodbye.").ending();
    }
    co_return Answer(500, "5.5.2 Error: command not recognized");
}

}  // namespace smtpd
