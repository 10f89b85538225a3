// XCLIENT and XFORWARD: a client that is trusted with it speaks for another, or tells of one.
#include <utility>

#include "lib/base/text.h"
#include "lib/mail/xtext.h"
#include "smtpd/commands.h"
#include "smtpd/host_name.h"
#include "smtpd/judge.h"

namespace smtpd {

namespace {

// The client that is told of, as far as it is.
struct Told {
    std::optional<std::string> name, reverse_name, address, port, came_to, came_to_port;
    std::optional<std::string> protocol, helo, login, ident;
    bool name_unsure = false;
};

bool unavailable(std::string_view value) {
    return base::equal_nocase(value, "[UNAVAILABLE]") || base::equal_nocase(value, "[TEMPUNAVAIL]");
}

std::optional<std::string> host_name(const std::string& value) {
    if (unavailable(value))
        return "unknown";
    return valid_host_name(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::string> address(const std::string& value) {
    if (unavailable(value))
        return "unknown";
    std::string plain = base::starts_nocase(value, "ipv6:") ? value.substr(5) : value;
    return valid_address(plain) ? std::optional(plain) : std::nullopt;
}

std::optional<std::string> port(const std::string& value) {
    if (unavailable(value))
        return "unknown";
    return base::number<uint16_t>(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::string> protocol(const std::string& value) {
    for (const char* known : {"SMTP", "ESMTP"})
        if (base::equal_nocase(value, known))
            return known;
    return std::nullopt;
}

std::optional<std::string> any_text(const std::string& value) {
    return unavailable(value) ? "unknown" : harmless_name(value);
}

// "" for a client that has not logged in.
std::optional<std::string> login(const std::string& value) {
    return unavailable(value) ? "" : base::printable(value);
}

std::optional<std::string> source(const std::string& value) {
    for (const char* known : {"LOCAL", "REMOTE"})
        if (base::equal_nocase(value, known))
            return known;
    return std::nullopt;
}

// XFORWARD's address: nobody can say "not now" of it.
std::optional<std::string> forwarded_address(const std::string& value) {
    return base::equal_nocase(value, "[TEMPUNAVAIL]") ? std::nullopt : address(value);
}

struct Attribute {
    std::string_view name;
    std::optional<std::string> Told::*field;  // null: understood, without effect here
    std::optional<std::string> (*read)(const std::string& value);
    bool for_xclient;
    bool for_xforward;
};

constexpr Attribute attributes[] = {
    {"NAME", &Told::name, host_name, true, true},
    {"ADDR", &Told::address, address, true, false},
    {"ADDR", &Told::address, forwarded_address, false, true},
    {"PROTO", &Told::protocol, protocol, true, false},
    {"PROTO", nullptr, any_text, false, true},
    {"HELO", &Told::helo, any_text, true, true},
    {"REVERSE_NAME", &Told::reverse_name, host_name, true, false},
    {"LOGIN", &Told::login, login, true, false},
    {"DESTADDR", &Told::came_to, address, true, false},
    {"DESTPORT", &Told::came_to_port, port, true, false},
    {"SOURCE", nullptr, source, false, true},
    {"PORT", &Told::port, port, true, true},
    {"IDENT", &Told::ident, any_text, false, true},
};

// One word "NAME=value" of the command, into `told`; or what is wrong with it.
std::optional<Answer> read_attribute(std::string_view command, std::string_view word, Told& told) {
    size_t equals = word.find('=');
    if (equals == word.npos || equals + 1 == word.size())
        return Answer(501, "5.5.4 Error: attribute=value expected");
    std::string_view name = word.substr(0, equals);
    std::string raw(word.substr(equals + 1));
    std::optional<std::string> value = mail::from_xtext(raw);
    bool xclient = command == "XCLIENT";
    for (const Attribute& attribute : attributes) {
        bool known = xclient ? attribute.for_xclient : attribute.for_xforward;
        if (!known || !base::equal_nocase(attribute.name, name))
            continue;
        auto read = value ? attribute.read(*value) : std::nullopt;
        if (!read)
            return Answer(501, base::text("5.5.4 Bad ", attribute.name,
                                          " syntax: ", base::printable(value.value_or(raw))));
        if (attribute.field != nullptr)
            told.*attribute.field = std::move(*read);
        told.name_unsure |= base::equal_nocase(*value, "[TEMPUNAVAIL]");
        return std::nullopt;
    }
    return Answer(501,
                  base::text("5.5.4 Bad ", command, " attribute name: ", base::printable(name)));
}

std::variant<Told, Answer> read_all(const Session& session, const esmtp::Command& command,
                                    std::string_view name, bool allowed) {
    if (session.mail)
        return Answer(503, "5.5.1 Error: MAIL transaction in progress");
    auto words = command.words();
    if (words.empty())
        return Answer(501, base::text("5.5.4 Syntax: ", name, " attribute=value..."));
    if (!allowed)
        return Answer(550, "5.7.0 Error: insufficient authorization");
    Told told;
    for (std::string_view word : words)
        if (auto fault = read_attribute(name, word, told))
            return std::move(*fault);
    return told;
}

void take_name(Client& client, const Told& told) {
    if (told.name) {
        client.name = client.reverse_name = *told.name;
        bool known = *told.name != "unknown";
        client.name_state = known              ? NameState::ok
                            : told.name_unsure ? NameState::temporary
                                               : NameState::permanent;
        client.reverse_state = client.name_state;
    }
    if (told.reverse_name) {
        client.reverse_name = *told.reverse_name;
        client.reverse_state =
            *told.reverse_name == "unknown" ? NameState::permanent : NameState::ok;
    }
}

// What the client in front of this one is; the session begins anew with it.
void become(Session& session, const Told& told) {
    Client& client = session.client;
    client.spoken_for = true;
    client.came_to = told.came_to.value_or(client.came_to);
    client.came_to_port = told.came_to_port.value_or(client.came_to_port);
    if (told.address) {
        client.address = *told.address;
        client.own = client.completed = false;
    }
    client.port = told.port.value_or(client.port);
    take_name(client, told);
    session.helo = told.helo.value_or("");
    if (told.login)
        session.login = {*told.login, told.login->empty() ? "" : "XCLIENT", ""};
    if (told.protocol)
        session.protocol = *told.protocol == "ESMTP" ? "ESMTP" : "SMTP";
    session.access = AccessMemory();
    session.denied.reset();
}

}  // namespace

io::Task<Answer> xclient_command(Session& session, const esmtp::Command& command) {
    auto read = read_all(session, command, "XCLIENT", session.client.may_xclient);
    if (auto* fault = std::get_if<Answer>(&read))
        co_return std::move(*fault);
    become(session, std::get<Told>(read));
    // That one tells of messages still.
    bool may_xforward = session.client.may_xforward;
    co_await session.shared.policy.recognize(session.client);
    session.client.may_xforward = may_xforward;
    session.where = "CONNECT";
    Objection objection = co_await judge_client(session);
    if (objection) {
        session.denied = objection;
        co_return Answer(std::move(*objection));
    }
    co_return Answer(220, session.options().banner);
}

Answer xforward_command(Session& session, const esmtp::Command& command) {
    auto read = read_all(session, command, "XFORWARD", session.client.may_xforward);
    if (auto* fault = std::get_if<Answer>(&read))
        return std::move(*fault);
    Told& told = std::get<Told>(read);
    Forwarded& forwarded = session.forwarded;
    // A message's attributes may come in several commands.
    forwarded.name = told.name.value_or(forwarded.name);
    forwarded.address = told.address.value_or(forwarded.address);
    forwarded.queue_id = told.ident.value_or(forwarded.queue_id);
    return Answer(250, "2.0.0 Ok");
}

}  // namespace smtpd
