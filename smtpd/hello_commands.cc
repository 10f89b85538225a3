// HELO and EHLO: who the client says it is, what this server offers.
#include <utility>

#include "lib/base/text.h"
#include "smtpd/commands.h"
#include "smtpd/judge.h"

namespace smtpd {

namespace {

// None where the client is who it says as far as anybody asks.
io::Task<Objection> introduce(Session& session, std::string name, std::string_view protocol) {
    std::string before = std::exchange(session.helo, std::move(name));
    Objection objection = co_await judge_helo(session);
    if (objection) {
        session.helo = std::move(before);
        co_return objection;
    }
    session.protocol = protocol;
    session.reset_mail();  // RFC 5321 section 4.1.4
    co_return std::nullopt;
}

void offer(mail::Reply& reply, const Options& options, std::string_view keyword,
           std::string_view argument = {}) {
    if (!options.discards(keyword))
        reply.lines.push_back(base::text(keyword, argument.empty() ? "" : " ", argument));
}

mail::Reply capabilities(const Session& session) {
    const Options& options = session.options();
    auto reply = mail::Reply::make(250, options.myhostname);
    offer(reply, options, "PIPELINING");
    offer(reply, options, "SIZE",
          options.message_size_limit > 0 ? base::text(options.message_size_limit) : "");
    if (!options.disable_vrfy)
        offer(reply, options, "VRFY");
    offer(reply, options, "ETRN");
    if (session.client.may_xclient)
        offer(reply, options, "XCLIENT", "NAME ADDR PROTO HELO REVERSE_NAME PORT");
    if (session.client.may_xforward)
        offer(reply, options, "XFORWARD", "NAME ADDR PROTO HELO SOURCE PORT IDENT");
    offer(reply, options, "ENHANCEDSTATUSCODES");
    offer(reply, options, "8BITMIME");
    offer(reply, options, "DSN");
    offer(reply, options, "CHUNKING");
    return reply;
}

}  // namespace

std::string harmless_name(std::string_view name) {
    constexpr size_t longest_name = 255;  // RFC 5321 section 4.5.3.1.2
    std::string text = base::printable(name.substr(0, longest_name));
    constexpr std::string_view specials = " <>()\\\";@";
    for (char& c : text)
        if (specials.find(c) != specials.npos)
            c = '?';
    return text;
}

io::Task<Answer> helo_command(Session& session, const esmtp::Command& command) {
    auto words = command.words();
    if (words.empty())
        co_return Answer(501, "Syntax: HELO hostname");
    std::string name = harmless_name(words[0]);
    Objection objection = co_await introduce(session, std::move(name), "SMTP");
    if (objection)
        co_return Answer(std::move(*objection));
    co_return Answer(250, session.options().myhostname);
}

io::Task<Answer> ehlo_command(Session& session, const esmtp::Command& command) {
    auto words = command.words();
    if (words.empty())
        co_return Answer(501, "Syntax: EHLO hostname");
    std::string name = harmless_name(words[0]);
    Objection objection = co_await introduce(session, std::move(name), "ESMTP");
    if (objection)
        co_return Answer(std::move(*objection));
    co_return Answer(capabilities(session));
}

}  // namespace smtpd
