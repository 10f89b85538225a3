#include "smtp/login.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/base64.h"
#include "lib/base/text.h"
#include "lib/sasl/mechanism.h"
#include "lib/sasl/properties.h"
#include "smtp/log.h"
#include "smtp/options.h"
#include "smtp/verdict.h"

namespace smtp {
namespace {

// A command line with its CRLF (RFC 5321 section 4.5.3.1.4), which holds for AUTH as well.
constexpr size_t longest_command = 512;
// No mechanism has so many rounds.
constexpr unsigned most_rounds = 10;

Trouble auth_trouble(mail::Dsn dsn, health::Reason cause, std::string reason) {
    Trouble trouble;
    trouble.of_client = true;
    trouble.dsn = dsn;
    trouble.cause = cause;
    trouble.reason = "SASL authentication failed" + std::move(reason);
    return trouble;
}

// The mechanism, rather than the login, is what the server does not take.
bool lacks_mechanism(int code) {
    return code == 500 || code == 501 || code == 502 || code == 503 || code == 504;
}

health::Reason cause_of(const mail::Reply& reply) {
    return reply.permanent() && lacks_mechanism(reply.code) ? health::Reason::auth_mechanism_missing
                                                            : cause_of(Stage::auth, reply);
}

class Dialogue {
  public:
    Dialogue(Session& session, const Options& options)
        : session_(session), options_(options), login_(*session.approach->login) {}

    ~Dialogue() {
        for (std::string& each : told_)
            base::wipe(each);
    }
    Dialogue(const Dialogue&) = delete;
    Dialogue& operator=(const Dialogue&) = delete;

    io::Task<std::optional<Trouble>> run() {
        std::string name;
        std::optional<Trouble> none = co_await choose(name);
        if (none)
            co_return none;
        if (login_.tokens)
            co_await take_newest();
        std::optional<Trouble> trouble = co_await attempt(name);
        bool refused = trouble && may_be_outdated_;
        if (!refused || session_.closing)
            co_return trouble;
        bool renewed = co_await renew();
        if (renewed)
            co_return co_await attempt(name);
        co_return trouble;
    }

  private:
    // The strongest mechanism that server, account and configuration agree on.
    io::Task<std::optional<Trouble>> choose(std::string& name) {
        if (session_.offers.auth.empty())
            co_return missing("does not offer to log in (AUTH)");
        std::vector<std::string> usable =
            sasl::usable(session_.offers.auth, login_.account.proof, demands(), !binding().empty());
        const dict::MatchList* filter = options_.login.filter.get();
        for (size_t i = 0; i < usable.size(); ++i) {
            if (filter == nullptr) {
                // A password is a token only where somebody says so.
                bool for_tokens = sasl::properties_of(usable[i])->token;
                if (for_tokens && login_.account.proof == sasl::Proof::password)
                    continue;
            } else {
                dict::MatchList::Answer answer = co_await filter->match(usable[i]);
                if (answer.retry())
                    co_return lookup_trouble({4, 3, 0}, answer.element);
                if (!answer.yes())
                    continue;
            }
            name = usable[i];
            co_return std::nullopt;
        }
        co_return missing(
            "offered no compatible authentication mechanisms for this type of connection security");
    }

    Trouble missing(std::string_view what) const {
        return auth_trouble({4, 7, 0}, health::Reason::auth_mechanism_missing,
                            base::text(": server ", session_.peer.peer, " ", what));
    }

    unsigned demands() const {
        const LoginRules& rules = options_.login;
        return !session_.tls              ? rules.demands
               : session_.tls->verified() ? rules.verified_demands
                                          : rules.tls_demands;
    }

    sasl::ChannelBinding binding() const {
        if (!session_.tls)
            return {};
        return {session_.tls->exporter_binding, session_.tls->unique_binding};
    }

    io::Task<std::optional<Trouble>> attempt(std::string name) {
        std::string wrong;
        try {
            std::optional<Trouble> refused = co_await converse(name);
            co_return refused;
        } catch (const sasl::Failed& error) {
            wrong = error.what();
        }
        // The server waits for a response; who has proven nothing gets no mail either way.
        if (waits_)
            co_await cancel();
        session_.over = true;
        co_return auth_trouble({4, 7, 0}, health::Reason::auth_4xx,
                               base::text("; cannot authenticate to server ", session_.peer.peer,
                                          ": ", base::printable(wrong)));
    }

    io::Task<std::optional<Trouble>> converse(std::string name) {
        waits_ = false;
        may_be_outdated_ = false;
        sasl::Server server{
            options_.lmtp ? "lmtp" : "smtp", session_.endpoint.host,
            session_.endpoint.address.is_inet() ? session_.endpoint.port() : uint16_t{0}};
        std::unique_ptr<sasl::Mechanism> mechanism =
            sasl::make_mechanism(name, login_.account, server, binding());
        std::optional<std::string> held = begin(name, *mechanism);
        mail::Reply reply = co_await answer();
        for (unsigned round = 0; reply.go_ahead(); ++round) {
            waits_ = true;
            if (round == most_rounds)
                throw sasl::Failed("authentication protocol loop");
            std::string challenge = challenge_in(reply);
            if (held && !challenge.empty())
                throw sasl::Failed("the server did not wait for the first response");
            std::string response =
                held ? *std::exchange(held, std::nullopt) : mechanism->answer(challenge);
            put(base::to_base64(response), response);
            waits_ = false;
            mail::Reply next = co_await answer();
            reply = std::move(next);
        }
        if (!reply.ok())
            co_return refusal(reply, *mechanism);
        if (!mechanism->satisfied())
            throw sasl::Failed("it has not proven that it knows the password");
        session_.login_mechanism = name;
        co_return std::nullopt;
    }

    // Says AUTH; the first response where it has to wait for a challenge.
    std::optional<std::string> begin(const std::string& name, sasl::Mechanism& mechanism) {
        std::optional<std::string> first = mechanism.first();
        std::string line = base::text("AUTH ", name);
        if (first) {
            // RFC 4954 section 4.
            std::string text = first->empty() ? "=" : base::to_base64(*first);
            told_.push_back(text);
            if (line.size() + 1 + text.size() + 2 <= longest_command) {
                base::append(line, " ", text);
                base::wipe(*first);
                first.reset();
            }
            base::wipe(text);
        }
        session_.stream.put(line += "\r\n");
        base::wipe(line);
        return first;
    }

    void put(std::string line, std::string& response) {
        told_.push_back(line);
        session_.stream.put(line += "\r\n");
        base::wipe(line);
        base::wipe(response);
    }

    io::Task<mail::Reply> answer() {
        co_return co_await session_.reply(Stage::auth, session_.within_turn(options_.helo));
    }

    static std::string challenge_in(const mail::Reply& reply) {
        std::string_view text = base::trim(reply.lines.back());
        std::optional<std::string> challenge = base::from_base64(text == "=" ? "" : text);
        if (!challenge)
            throw sasl::Failed("malformed challenge");
        return std::move(*challenge);
    }

    // RFC 4954 section 4: a line with "*".
    io::Task<void> cancel() {
        waits_ = false;
        session_.stream.put("*\r\n");
        co_await answer();
    }

    // Some servers quote what they were sent.
    std::string without_secrets(std::string text) const {
        // A word of the server's own is not taken for one.
        constexpr size_t shortest = 6;
        auto strike = [&text](const std::string& secret) {
            for (size_t at = 0; secret.size() >= shortest && at != text.npos;)
                if (at = text.find(secret, at); at != text.npos)
                    text.replace(at, secret.size(), "...");
        };
        std::ranges::for_each(told_, strike);
        strike(login_.account.secret);
        return text;
    }

    std::optional<Trouble> refusal(const mail::Reply& reply, const sasl::Mechanism& mechanism) {
        may_be_outdated_ = login_.tokens && (reply.permanent() || !mechanism.complaint().empty());
        std::string said = base::printable(without_secrets(reply.one_line()));
        std::string reason = base::text("; server ", session_.peer.peer, " said: ", said);
        if (!mechanism.complaint().empty())
            base::append(reason, " (", base::printable(mechanism.complaint()), ")");
        mail::Dsn dsn = reply.dsn_or_default();
        if (dsn.klass != reply.code / 100)
            dsn = {reply.code / 100, 0, 0};
        Trouble trouble = auth_trouble(dsn, cause_of(reply), std::move(reason));
        trouble.remote_mta = session_.peer.host;
        trouble.diagnostic = said;
        if (!reply.permanent() && !reply.transient())
            trouble.dsn = {4, 5, 0};
        else if (reply.permanent() && options_.login.soft_bounce)
            trouble.dsn.klass = 4;
        else if (reply.permanent())
            trouble.kind = Trouble::Kind::refused;
        return trouble;
    }

    // The token was found before the connection was there, and may have ended since. Where there is
    // none now, the server says what the old one is worth.
    io::Task<void> take_newest() {
        try {
            std::string token = co_await login_.tokens->token();
            login_.account.secret = std::move(token);
        } catch (const NoToken& why) {
            log::no_token(session_.peer.relay, login_.account.user, why.what());
        }
    }

    // Whether there is another token than the one that was refused.
    io::Task<bool> renew() {
        try {
            std::string refused = login_.account.secret;
            std::string token = co_await login_.tokens->instead_of(refused);
            bool another = token != refused;
            login_.account.secret = std::move(token);
            co_return another;
        } catch (const NoToken& why) {
            log::no_token(session_.peer.relay, login_.account.user, why.what());
        }
        co_return false;
    }

    Session& session_;
    const Options& options_;
    Credentials login_;
    std::vector<std::string> told_;  // the lines of this login, without "AUTH" and its name
    bool waits_ = false;             // the server, for a response
    bool may_be_outdated_ = false;   // the token that it refused
};

}  // namespace

io::Task<std::optional<Trouble>> log_in(Session& session, const Options& options) {
    if (!session.approach || !session.approach->login)
        co_return std::nullopt;
    Dialogue dialogue(session, options);
    std::optional<Trouble> trouble = co_await dialogue.run();
    // Other logins go on there, unless nobody keeps them apart.
    if (trouble)
        trouble->destination = !options.failover->health ||
                               health::row_of(trouble->cause).scope != health::Scope::identity;
    co_return trouble;
}

}  // namespace smtp
