// HELO and EHLO: who the client says it is, what this server offers.
#include <utility>

#include "lib/base/text.h"
#include "lib/config/values.h"
#include "smtpd/auth.h"
#include "smtpd/commands.h"
#include "smtpd/judge.h"
#include "smtpd/starttls.h"

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

void offer(mail::Reply& reply, const Session& session, std::string_view keyword,
           std::string_view argument = {}) {
    if (!session.discards(keyword))
        reply.lines.push_back(base::text(keyword, argument.empty() ? "" : " ", argument));
}

// What is left out for this client. While its table is in trouble nothing is offered.
io::Task<void> choose_extensions(Session& session) {
    const dict::Maps& maps = session.shared.policy.discarded_keyword_maps();
    if (maps.empty())
        co_return;
    dict::Lookup lookup = co_await maps.find(session.client.address, dict::Key::whole);
    static const std::vector<std::string> all = {
        "pipelining",          "size",     "vrfy", "etrn",     "starttls",  "auth",
        "enhancedstatuscodes", "8bitmime", "dsn",  "chunking", "requiretls"};
    session.discarded_keywords.reset();
    if (lookup.found())
        session.discarded_keywords = config::parse_list(lookup.value);
    else if (lookup.retry())
        session.discarded_keywords = all;
}

mail::Reply capabilities(const Session& session, std::vector<std::string> auth) {
    const Options& options = session.options();
    auto reply = mail::Reply::make(250, options.myhostname);
    offer(reply, session, "PIPELINING");
    offer(reply, session, "SIZE",
          options.message_size_limit > 0 ? base::text(options.message_size_limit) : "");
    if (!options.disable_vrfy)
        offer(reply, session, "VRFY");
    offer(reply, session, "ETRN");
    if (offers_starttls(session))
        reply.lines.push_back("STARTTLS");
    for (std::string& line : auth)
        reply.lines.push_back(std::move(line));
    if (session.client.may_xclient)
        offer(reply, session, "XCLIENT",
              "NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT");
    if (session.client.may_xforward)
        offer(reply, session, "XFORWARD", "NAME ADDR PROTO HELO SOURCE PORT IDENT");
    offer(reply, session, "ENHANCEDSTATUSCODES");
    offer(reply, session, "8BITMIME");
    offer(reply, session, "DSN");
    offer(reply, session, "CHUNKING");
    if (offers_requiretls(session))
        reply.lines.push_back("REQUIRETLS");
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
    co_await choose_extensions(session);
    std::vector<std::string> auth = co_await auth_capabilities(session);
    co_return Answer(capabilities(session, std::move(auth)));
}

}  // namespace smtpd
