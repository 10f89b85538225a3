// MAIL: the sender, and what the client says about the message beforehand.
#include "lib/base/text.h"
#include "lib/cleanup/received.h"
#include "lib/io/loop.h"
#include "lib/mail/dsn_parameters.h"
#include "lib/mail/xtext.h"
#include "smtpd/commands.h"
#include "smtpd/judge.h"
#include "smtpd/starttls.h"

namespace smtpd {

namespace {

constexpr PathRule rule = {"FROM", "5.5.4 Syntax: MAIL FROM:<address>",
                           "5.1.7 Bad sender address syntax"};

struct Announced {
    uint64_t size = 0;
    mail::Encoding encoding = mail::Encoding::seven_bit;
    std::string ret;    // "FULL", "HDRS" or ""
    std::string envid;  // as received
    std::optional<std::string> login_sender;
    mail::TlsWish tls_wish = mail::TlsWish::as_configured;
};

Answer unsupported(std::string_view option) {
    return Answer(555, base::text("5.5.4 Unsupported option: ", base::printable(option)));
}

// RFC 1870 section 6.
std::optional<Answer> read_size(const Session& session, Announced& announced,
                                std::string_view value) {
    const Options& options = session.options();
    if (value.empty() || value.find_first_not_of("0123456789") != value.npos)
        return Answer(501, "5.5.4 Bad message size syntax");
    auto size = base::number<uint64_t>(value);  // none: more than 64 bits hold
    if (!size || (options.message_size_limit > 0 && *size > options.message_size_limit))
        return Answer(552, "5.3.4 Message size exceeds fixed limit");
    announced.size = *size;
    return std::nullopt;
}

std::optional<Answer> read_body(const Session&, Announced& announced, std::string_view value) {
    bool eight = base::equal_nocase(value, "8bitmime");
    if (!eight && !base::equal_nocase(value, "7bit"))
        return unsupported(base::text("BODY=", value));
    announced.encoding = eight ? mail::Encoding::eight_bit : mail::Encoding::seven_bit;
    return std::nullopt;
}

// RFC 3461 section 4.3.
std::optional<Answer> read_ret(const Session&, Announced& announced, std::string_view value) {
    bool full = base::equal_nocase(value, "full");
    if (!announced.ret.empty() || (!full && !base::equal_nocase(value, "hdrs")))
        return Answer(501, "5.5.4 Bad RET parameter syntax");
    announced.ret = full ? "FULL" : "HDRS";
    return std::nullopt;
}

// RFC 3461 section 4.4.
std::optional<Answer> read_envid(const Session&, Announced& announced, std::string_view value) {
    if (!announced.envid.empty() || !mail::valid_envid(value))
        return Answer(501, "5.5.4 Bad ENVID parameter syntax");
    announced.envid = value;
    return std::nullopt;
}

// RFC 4954 section 5: it is logged, and believed by nobody.
std::optional<Answer> read_auth(const Session&, Announced& announced, std::string_view value) {
    if (announced.login_sender)
        return Answer(503, "5.5.4 Error: multiple AUTH= options");
    announced.login_sender = mail::from_xtext(value);
    if (!announced.login_sender)
        return Answer(501, "5.5.4 Bad AUTH parameter syntax");
    if (announced.login_sender == "<>")  // nobody knows
        announced.login_sender = "";
    return std::nullopt;
}

// RFC 8689 section 2.
std::optional<Answer> read_requiretls(const Session& session, Announced& announced,
                                      std::string_view) {
    if (!session.options().takes_requiretls)
        return unsupported("REQUIRETLS");
    if (!session.tls)
        return offers_starttls(session) ? Answer(530, "5.7.0 Must issue a STARTTLS command first")
                                        : unsupported("REQUIRETLS");
    announced.tls_wish = mail::TlsWish::required;
    return std::nullopt;
}

struct ParameterKind {
    std::string_view name;
    std::string_view extension;  // not known where smtpd_discard_ehlo_keywords has it
    bool has_value;              // its "=value" is needed, or else is wrong
    std::optional<Answer> (*read)(const Session&, Announced&, std::string_view value);
};

constexpr ParameterKind kinds[] = {
    {"SIZE", "size", true, read_size}, {"BODY", "8bitmime", true, read_body},
    {"RET", "dsn", true, read_ret},    {"ENVID", "dsn", true, read_envid},
    {"AUTH", "auth", true, read_auth}, {"REQUIRETLS", "requiretls", false, read_requiretls},
};

std::optional<Answer> read_parameter(const Session& session, Announced& announced,
                                     const esmtp::Parameter& parameter) {
    for (const ParameterKind& kind : kinds) {
        if (!base::equal_nocase(parameter.name, kind.name) || session.discards(kind.extension))
            continue;
        if (parameter.value && !kind.has_value)
            return Answer(501, base::text("5.5.4 Bad ", kind.name, " parameter syntax"));
        if (parameter.value || !kind.has_value)
            return kind.read(session, announced, parameter.value.value_or(""));
    }
    return unsupported(
        base::text(parameter.name, parameter.value ? "=" : "", parameter.value.value_or("")));
}

mail::Envelope new_envelope(const Session& session, std::string_view sender,
                            const Announced& announced) {
    mail::Envelope envelope;
    envelope.arrival = io::loop().wall();
    envelope.sender = session.shared.policy.standard_form(sender);
    envelope.encoding = announced.encoding;
    envelope.tls_wish = announced.tls_wish;
    envelope.dsn_ret = announced.ret;
    envelope.dsn_envid = announced.envid;
    envelope.client_name = session.client.name;
    envelope.client_address = session.client.address;
    envelope.client_port = session.client.port;
    envelope.helo_name = session.helo;
    envelope.protocol = session.protocol;
    if (session.protocol == "ESMTP")  // RFC 3848
        base::append(envelope.protocol, session.tls ? "S" : "", session.login.known() ? "A" : "");
    const std::pair<const char*, const std::string&> notes[] = {
        {"sasl_method", session.login.method},
        {"sasl_username", session.login.user},
        {"sasl_sender", session.login.sender}};
    for (const auto& [name, value] : notes)
        if (!value.empty())
            envelope.more[name] = value;
    return envelope;
}

// What Received: says of the session, each note on a line of its own.
std::string received_notes(const Session& session) {
    const TlsOptions& tls = session.options().tls;
    std::string notes;
    if (session.tls && tls.shown_in_received) {
        std::string clause = session.tls->received_clause(tls.asks_certificate);
        for (std::string_view line : base::split(clause, "\r\n"))
            base::append(notes, notes.empty() ? "\r\n\t" : "\r\n", line);
    }
    if (session.login.known() && session.options().names_login)
        base::append(notes,
                     "\r\n\t(Authenticated sender: ", cleanup::in_comment(session.login.user), ")");
    return notes;
}

}  // namespace

// What is wrong with the command in this place of the session.
static std::optional<Answer> out_of_order(const Session& session) {
    if (session.options().helo_required && session.helo.empty())
        return Answer(503, "5.5.1 Error: send HELO/EHLO first");
    if (session.mail && session.mail->bdat)
        return Answer(503, "5.5.1 Error: MAIL after BDAT");
    if (session.mail)
        return Answer(503, "5.5.1 Error: nested MAIL command");
    return std::nullopt;
}

io::Task<Answer> mail_command(Session& session, const esmtp::Command& command) {
    if (auto refusal = out_of_order(session))
        co_return std::move(*refusal);
    auto read = read_path(session, command, rule);
    if (auto* refusal = std::get_if<Answer>(&read))
        co_return std::move(*refusal);
    Objection crowd = co_await limit_message(session);
    if (crowd)
        co_return Answer(std::move(*crowd));
    const auto& path = std::get<esmtp::PathArgument>(read);
    Announced announced;
    for (const auto& parameter : path.parameters)
        if (auto refusal = read_parameter(session, announced, parameter))
            co_return std::move(*refusal);
    if (!session.shared.writer.has_room(announced.size))
        co_return Answer(452, "4.3.1 Insufficient system storage");
    session.login.sender = base::printable(announced.login_sender.value_or(""));
    bool completed = session.client.completed ||
                     (session.login.known() && session.shared.policy.completes_logins());
    session.mail = std::make_unique<Transaction>(
        session.shared, new_envelope(session, path.address, announced), completed);
    session.mail->sender_given(path.address);
    session.mail->received_notes = received_notes(session);
    // An access table may say what is to become of the message.
    Objection objection = co_await judge_sender(session, path.address);
    if (objection) {
        session.mail.reset();
        session.login.sender.clear();
        co_return Answer(std::move(*objection));
    }
    co_return Answer(250, "2.1.0 Ok");
}

}  // namespace smtpd
