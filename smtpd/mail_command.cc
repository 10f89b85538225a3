// MAIL: the sender, and what the client says about the message beforehand.
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtpd/commands.h"

namespace smtpd {

namespace {

constexpr PathRule rule = {"FROM", "5.5.4 Syntax: MAIL FROM:<address>",
                           "5.1.7 Bad sender address syntax"};

struct Announced {
    uint64_t size = 0;
    mail::Encoding encoding = mail::Encoding::seven_bit;
};

// RFC 1870 section 6.
std::optional<Answer> read_size(const Options& options, Announced& announced,
                                std::string_view value) {
    if (value.empty() || value.find_first_not_of("0123456789") != value.npos)
        return Answer(501, "5.5.4 Bad message size syntax");
    auto size = base::number<uint64_t>(value);  // none: more than 64 bits hold
    if (!size || (options.message_size_limit > 0 && *size > options.message_size_limit))
        return Answer(552, "5.3.4 Message size exceeds fixed limit");
    announced.size = *size;
    return std::nullopt;
}

std::optional<Answer> read_parameter(const Options& options, Announced& announced,
                                     const esmtp::Parameter& parameter) {
    auto value = parameter.value.value_or("");
    if (base::equal_nocase(parameter.name, "size") && parameter.value && !options.discards("size"))
        return read_size(options, announced, value);
    if (base::equal_nocase(parameter.name, "body") && !options.discards("8bitmime")) {
        bool eight = base::equal_nocase(value, "8bitmime");
        if (eight || base::equal_nocase(value, "7bit")) {
            announced.encoding = eight ? mail::Encoding::eight_bit : mail::Encoding::seven_bit;
            return std::nullopt;
        }
    }
    return Answer(555, base::text("5.5.4 Unsupported option: ", base::printable(parameter.name),
                                  parameter.value ? "=" : "", base::printable(value)));
}

mail::Envelope new_envelope(const Session& session, std::string_view sender,
                            const Announced& announced) {
    mail::Envelope envelope;
    envelope.arrival = io::loop().wall();
    envelope.sender = cleanup::complete(session.options().cleanup, sender);
    envelope.encoding = announced.encoding;
    envelope.client_name = session.client.name;
    envelope.client_address = session.client.address;
    envelope.client_port = session.client.port;
    envelope.helo_name = session.helo;
    envelope.protocol = session.protocol;
    return envelope;
}

}  // namespace

Answer mail_command(Session& session, const esmtp::Command& command) {
    const Options& options = session.options();
    if (options.helo_required && session.helo.empty())
        return Answer(503, "5.5.1 Error: send HELO/EHLO first");
    if (session.mail && session.mail->bdat)
        return Answer(503, "5.5.1 Error: MAIL after BDAT");
    if (session.mail)
        return Answer(503, "5.5.1 Error: nested MAIL command");
    auto read = read_path(options, command, rule);
    if (auto* refusal = std::get_if<Answer>(&read))
        return std::move(*refusal);
    const auto& path = std::get<esmtp::PathArgument>(read);
    Announced announced;
    for (const auto& parameter : path.parameters)
        if (auto refusal = read_parameter(options, announced, parameter))
            return std::move(*refusal);
    if (!session.shared.writer.has_room(announced.size))
        return Answer(452, "4.3.1 Insufficient system storage");
    session.mail = std::make_unique<Transaction>(
        session.shared, new_envelope(session, path.address, announced), session.client.own);
    session.mail->sender_given(path.address);
    return Answer(250, "2.1.0 Ok");
}

}  // namespace smtpd
