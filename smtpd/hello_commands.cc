// HELO and EHLO: who the client says it is, what this server offers.
#include "lib/base/text.h"
#include "smtpd/commands.h"

namespace smtpd {

namespace {

constexpr size_t longest_name = 255;  // RFC 5321 section 4.5.3.1.2

// The name goes into headers and log lines: what could confuse those is replaced.
void introduce(Session& session, std::string_view name, std::string_view protocol) {
    session.helo = base::printable(name.substr(0, longest_name));
    constexpr std::string_view specials = " <>()\\\";@";
    for (char& c : session.helo)
        if (specials.find(c) != specials.npos)
            c = '?';
    session.protocol = protocol;
    session.mail.reset();  // RFC 5321 section 4.1.4
}

void offer(mail::Reply& reply, const Options& options, std::string_view keyword,
           std::string_view argument = {}) {
    if (!options.discards(keyword))
        reply.lines.push_back(base::text(keyword, argument.empty() ? "" : " ", argument));
}

}  // namespace

Answer helo_command(Session& session, const esmtp::Command& command) {
    auto words = command.words();
    if (words.empty())
        return Answer(501, "Syntax: HELO hostname");
    introduce(session, words[0], "SMTP");
    return Answer(250, session.options().myhostname);
}

Answer ehlo_command(Session& session, const esmtp::Command& command) {
    auto words = command.words();
    if (words.empty())
        return Answer(501, "Syntax: EHLO hostname");
    introduce(session, words[0], "ESMTP");
    const Options& options = session.options();
    auto reply = mail::Reply::make(250, options.myhostname);
    offer(reply, options, "PIPELINING");
    offer(reply, options, "SIZE",
          options.message_size_limit > 0 ? base::text(options.message_size_limit) : "");
    if (!options.disable_vrfy)
        offer(reply, options, "VRFY");
    offer(reply, options, "ENHANCEDSTATUSCODES");
    offer(reply, options, "8BITMIME");
    offer(reply, options, "CHUNKING");
    return Answer(std::move(reply));
}

}  // namespace smtpd
