#include "smtpd/log.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "smtpd/commands.h"
#include "smtpd/session.h"
#include "smtpd/soft_bounce.h"

namespace smtpd::log {

namespace {

constexpr size_t shown = 100;  // of what a client sent

void append_count(std::string& line, std::string_view name, const Count& count) {
    base::append(line, ' ', name, '=', count.ok);
    if (count.ok != count.total)
        base::append(line, '/', count.total);
}

// As it would be written in a program.
std::string escaped(std::string_view bytes) {
    std::string out;
    for (char c : bytes.substr(0, shown)) {
        if (c == '\r')
            out.append("\\r");
        else if (c == '\n')
            out.append("\\n");
        else
            out.append(base::printable(std::string_view(&c, 1)));
    }
    return out;
}

constexpr std::string_view hidden = "AUTH ...";

// AUTH may have a password in it.
bool has_secret(std::string_view line) {
    esmtp::Command command = esmtp::split_command(line);
    return base::equal_nocase(command.verb, "auth") && !command.args.empty();
}

std::string harmless(std::string_view command) {
    return has_secret(command) ? std::string(hidden) : base::printable(command.substr(0, shown));
}

// Lines up to the first AUTH, which is followed by passwords.
std::string harmless_lines(std::string_view bytes) {
    size_t begin = 0;
    while (begin < bytes.size()) {
        size_t lf = std::min(bytes.find('\n', begin), bytes.size() - 1);
        std::string_view line = bytes.substr(begin, lf + 1 - begin);
        if (base::equal_nocase(esmtp::split_command(line).verb, "auth"))
            return base::text(escaped(bytes.substr(0, begin)), hidden);
        begin = lf + 1;
    }
    return escaped(bytes);
}

}  // namespace

void name_without_address(std::string_view name, std::string_view address, std::string_view why) {
    base::log::warning(base::text("hostname ", name, " does not resolve to address ", address,
                                  why.empty() ? "" : ": ", why));
}

void connect(const Session& session) {
    base::log::info(base::text("connect from ", session.client.text()));
}

void disconnect(const Session& session) {
    std::string line = base::text("disconnect from ", session.client.text());
    Count all;
    auto table = command_table();
    for (size_t i = 0; i < table.size(); ++i) {
        const Count& count = session.counts[i];
        all.ok += count.ok;
        all.total += count.total;
        if (count.total > 0)
            append_count(line, table[i].name, count);
    }
    if (all.total > 0)
        append_count(line, "commands", all);
    else
        line.append(" commands=0/0");
    if (session.bare_lf_seen && session.forbids_bare_lf(BareLf::note))
        line.append(" notes=bare_lf");
    base::log::info(line);
}

void client(const Session& session) {
    std::string line = base::text(session.queue_id(), ": client=", session.client.text());
    line.append(session.login.text(", "));
    if (!session.forwarded.queue_id.empty())
        base::append(line, ", orig_queue_id=", session.forwarded.queue_id);
    const Forwarded& from = session.forwarded;
    if (!from.name.empty() || !from.address.empty())
        base::append(line, ", orig_client=", from.name.empty() ? "unknown" : from.name, '[',
                     from.address.empty() ? "unknown" : from.address, ']');
    base::log::info(line);
}

void access(const Session& session, std::string_view what, std::string_view text,
            const Mail& mail) {
    std::string line = base::text(session.queue_id(), ": ", what, ": ", session.where, " from ",
                                  session.client.text(), ": ", text, ';');
    if (mail.sender)
        base::append(line, " from=<", *mail.sender, '>');
    if (mail.recipient)
        base::append(line, " to=<", *mail.recipient, '>');
    base::append(line, " proto=", session.protocol);
    if (!session.helo.empty())
        base::append(line, " helo=<", session.helo, '>');
    line.append(session.login.text(" "));
    base::log::info(line);
}

void reject(const Session& session, const mail::Reply& reply, std::string_view recipient) {
    Mail mail;
    if (session.mail)
        mail.sender = session.mail->given_sender();
    if (!recipient.empty())
        mail.recipient = recipient;
    access(session, "reject", softened(reply, session.options()).one_line(), mail);
}

void status_changed(std::string_view from, std::string_view kind, std::string_view to) {
    base::log::info(base::text("mapping DSN status ", from, " into ", kind, " status ", to));
}

void ended(const Session& session, std::string_view reason) {
    std::string line = base::text(session.queue_id(), ": ", reason, " after ", session.where);
    if (session.in_content)
        base::append(line, " (", session.content_bytes, " bytes)");
    base::append(line, " from ", session.client.text());
    base::log::info(line);
}

void improper_pipelining(const Session& session, std::string_view early) {
    base::log::info(base::text("improper command pipelining after ", session.where, " from ",
                               session.client.text(), ": ",
                               session.where == "AUTH" ? "..." : harmless_lines(early)));
}

void login_failed(const Session& session, std::string_view mechanism, std::string_view why,
                  std::string_view user) {
    base::log::warning(
        base::text(session.client.text(), ": SASL ", mechanism.substr(0, shown),
                   " authentication failed: ", why, ", sasl_username=",
                   user.empty() ? "(unavailable)" : base::printable(user.substr(0, shown))));
}

void login_aborted(const Session& session, std::string_view mechanism) {
    base::log::warning(base::text(session.client.text(), ": SASL ", mechanism.substr(0, shown),
                                  " authentication aborted"));
}

void no_mechanisms(const Session& session) {
    base::log::warning(base::text("no SASL authentication mechanisms for ", session.client.text()));
}

void no_mechanism_filter(std::string_view why) {
    base::log::warning(base::text("smtpd_sasl_mechanism_filter: ", why));
}

void over_limit(const Session& session, std::string_view what, uint32_t number) {
    base::log::warning(base::text(what, " limit exceeded: ", number, " from ",
                                  session.client.text(), " for service ",
                                  session.options().client_limits.service));
}

void bad_address(const Session& session, std::string_view address) {
    base::log::warning(base::text("Illegal address syntax from ", session.client.text(), " in ",
                                  session.where,
                                  " command: ", base::printable(address.substr(0, shown))));
}

void not_flushed(const Session& session, std::string_view domain) {
    base::log::warning(
        base::text("reject: ETRN ", domain.substr(0, shown), "... from ", session.client.text()));
}

void forbidden(const Session& session, const esmtp::Command& command) {
    std::string text = base::text(command.verb, ' ', command.args);
    base::log::warning(base::text("non-SMTP command from ", session.client.text(), ": ",
                                  base::printable(text.substr(0, shown))));
}

void tls_request_refused(const Session& session) {
    base::log::warning(base::text("Refusing STARTTLS request from ", session.client.text(),
                                  " for service ", session.options().client_limits.service));
}

void certificate_trouble(const Session& session, std::string_view what) {
    base::log::info(
        base::text("certificate verification failed for ", session.client.text(), ": ", what));
}

void tls_aborted(const Session& session, std::string_view why) {
    base::log::info(base::text("NOQUEUE: abort: TLS from ", session.client.text(), ": ", why));
}

void command_replaced(const Session& session, std::string_view command, std::string_view instead) {
    base::log::info(base::text(session.client.text(), ": replacing command \"", harmless(command),
                               "\" with \"", harmless(instead), '"'));
}

void filter_trouble(const Session& session, std::string_view command) {
    base::log::warning(base::text("smtpd_command_filter: lookup error for \"", harmless(command),
                                  "\" from ", session.client.text()));
}

void not_stored(std::string_view queue_id, std::string_view why) {
    base::log::warning(base::text(queue_id, ": message not stored: ", why));
}

}  // namespace smtpd::log
