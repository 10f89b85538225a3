// AUTH: the client says who it is and proves it, challenge by challenge (RFC 4954).
#include <string.h>

#include <algorithm>

#include "lib/base/text.h"
#include "smtpd/auth.h"
#include "smtpd/client_limits.h"
#include "smtpd/commands.h"
#include "smtpd/log.h"

namespace smtpd {

namespace {

// Whether AUTH is there for this client, as the session is now.
bool may_log_in(const Session& session) {
    const Logins* logins = session.shared.logins;
    return logins != nullptr && !session.discards("AUTH") &&
           (session.encrypted() || !logins->options().tls_only);
}

std::optional<Answer> refuse_auth(const Session& session) {
    if (session.options().helo_required && session.helo.empty())
        return Answer(503, "5.5.1 Error: send HELO/EHLO first");
    if (!may_log_in(session))
        return Answer(503, "5.5.1 Error: authentication not enabled");
    if (session.mail)
        return Answer(503, "5.5.1 Error: MAIL transaction in progress");
    if (session.login.known())
        return Answer(503, "5.5.1 Error: already authenticated");
    return std::nullopt;
}

struct Request {
    std::string mechanism;
    std::optional<std::string> initial;  // in base64
};

std::optional<Request> read_request(const esmtp::Command& command) {
    auto words = command.words();
    if (words.empty() || words.size() > 2)
        return std::nullopt;
    Request request;
    request.mechanism = words[0];
    if (words.size() == 2)
        request.initial = words[1];
    return request;
}

// Whether it can stand in tables, headers and log lines.
bool is_name(std::string_view user) {
    auto harmless = [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\177'; };
    return !user.empty() && std::all_of(user.begin(), user.end(), harmless);
}

struct Response {
    enum Kind { whole, too_long, bare_lf } kind = whole;
    std::string text;
};

void wipe(std::string& secret) {
    ::explicit_bzero(secret.data(), secret.size());
    secret.clear();
}

// The line that answers a challenge.
io::Task<Response> read_response(Session& session) {
    session.begin_request();
    Response response;
    const size_t limit = session.shared.logins->options().response_limit;
    for (;;) {
        std::optional<std::string_view> piece = co_await session.stream.line(limit);
        if (!piece)
            throw io::Closed("lost connection");
        if (!piece->ends_with('\n')) {
            response.kind = Response::too_long;
            continue;
        }
        bool bare = !piece->ends_with("\r\n");
        session.bare_lf_seen = session.bare_lf_seen || bare;
        if (bare && session.forbids_bare_lf(BareLf::reject))
            response.kind = Response::bare_lf;
        response.text = base::trim(*piece);
        co_return response;
    }
}

Answer result(Session& session, const std::string& mechanism, const sasl::Step& step) {
    using State = sasl::Step::State;
    if (step.state == State::done && is_name(step.user)) {
        session.login = Login{step.user, mechanism, ""};
        return Answer(235, "2.7.0 Authentication successful");
    }
    std::string why = base::printable(step.text.empty() ? "(reason unavailable)" : step.text);
    log::login_failed(session, mechanism, why, step.user);
    if (step.state == State::trouble)
        return Answer(454, base::text("4.7.0 Temporary authentication failure: ", why));
    return Answer(535, base::text("5.7.8 Error: authentication failed: ", why));
}

bool has(const std::vector<std::string>& names, std::string_view mechanism) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return base::equal_nocase(name, mechanism);
    });
}

io::Task<Answer> log_in(Session& session, Request request) {
    std::unique_ptr<sasl::Exchange> exchange = session.shared.logins->begin(session);
    sasl::Step step = co_await exchange->start(request.mechanism, std::move(request.initial));
    while (step.state == sasl::Step::challenge) {
        session.stream.put(base::text("334 ", step.text, "\r\n"));
        Response response = co_await read_response(session);
        if (response.kind == Response::bare_lf)
            co_return bare_lf_refused(session);
        if (response.kind == Response::too_long)
            co_return Answer(500, "5.5.6 SASL response limit exceeded");
        if (response.text == "*") {
            log::login_aborted(session, request.mechanism);
            co_return Answer(501, "5.7.0 Authentication aborted");
        }
        sasl::Step next = co_await exchange->answer(response.text);
        wipe(response.text);
        step = std::move(next);
    }
    co_return result(session, request.mechanism, step);
}

}  // namespace

io::Task<std::vector<std::string>> auth_capabilities(Session& session) {
    std::vector<std::string> lines;
    if (!may_log_in(session) || !session.client.hears_of_auth)
        co_return lines;
    std::string words;
    std::optional<std::vector<std::string>> names =
        co_await session.shared.logins->mechanisms(session);
    for (const std::string& name : names.value_or(std::vector<std::string>()))
        base::append(words, words.empty() ? "" : " ", name);
    if (words.empty())
        co_return lines;
    lines.push_back("AUTH " + words);
    if (session.shared.logins->options().broken_clients)
        lines.push_back("AUTH=" + words);
    co_return lines;
}

io::Task<Answer> auth_command(Session& session, const esmtp::Command& command) {
    Objection crowd = co_await limit_login(session);
    if (crowd)
        co_return Answer(std::move(*crowd));
    if (auto refusal = refuse_auth(session))
        co_return std::move(*refusal);
    std::optional<Request> request = read_request(command);
    if (!request)
        co_return Answer(501, "5.5.4 Syntax: AUTH mechanism");
    std::string mechanism = base::printable(request->mechanism);
    // Who is asked does not know what main.cf demands of mechanisms.
    std::optional<std::vector<std::string>> names =
        co_await session.shared.logins->mechanisms(session);
    if (!names)
        co_return result(session, mechanism,
                         sasl::Step(sasl::Step::trouble, sasl::connection_lost));
    if (!has(*names, mechanism)) {
        sasl::Step step = co_await session.shared.logins->not_offered(session, mechanism);
        co_return result(session, mechanism, step);
    }
    co_return co_await log_in(session, std::move(*request));
}

}  // namespace smtpd
