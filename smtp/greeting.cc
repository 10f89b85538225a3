#include "smtp/greeting.h"

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/nexthop/site.h"
#include "smtp/log.h"

namespace smtp {
namespace {

// Our own shortage says nothing about the host.
bool our_own(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ||
           error == EADDRNOTAVAIL;
}

Trouble unconnected(const Peer& peer, const base::SystemError& error) {
    std::string why = base::error_text(error.code());
    Trouble trouble = no_connection(peer.relay, why);
    if (our_own(error.code()))
        trouble.kind = Trouble::Kind::local;
    return trouble;
}

// The words of all of `lists`.
std::vector<std::string_view> keywords(const std::vector<std::string>& lists) {
    std::vector<std::string_view> words;
    for (const std::string& list : lists)
        for (std::string_view word : base::split(list, ", \t"))
            words.push_back(word);
    return words;
}

// The conversation up to the point where mail can be sent.
class Handshake {
  public:
    Handshake(Session& session, std::string_view nexthop, const Options& options)
        : session_(session), nexthop_(nexthop), options_(options) {}

    // None when the server is ready for mail. Throws as Session::reply() does.
    io::Task<std::optional<Trouble>> run() {
        mail::Reply greeting = co_await session_.reply(Stage::greeting, options_.helo);
        if (!greeting.ok())
            co_return refusal(greeting);
        look_at(greeting);
        if (options_.lmtp)
            co_return co_await say(Stage::lhlo, "LHLO ");
        if (!extended_)
            co_return co_await say(Stage::helo, "HELO ");
        std::optional<Trouble> trouble = co_await say(Stage::ehlo, "EHLO ");
        if (!refused_)
            co_return trouble;
        co_return co_await say(Stage::helo, "HELO ");
    }

  private:
    bool is_us(std::string_view name) const {
        return session_.endpoint.loop_guard && base::equal_nocase(name, options_.myhostname);
    }

    void look_at(const mail::Reply& greeting) {
        extended_ = options_.always_send_ehlo;
        for (const std::string& line : greeting.lines)
            for (std::string_view word : base::split(line, " \t"))
                extended_ = extended_ || base::equal_nocase(word, "ESMTP");
        extended_ = extended_ && !options_.never_send_ehlo;
        std::vector<std::string_view> words = base::split(greeting.lines.front(), " \t");
        if (!words.empty() && is_us(words.front()))
            log::our_own_name(session_.peer.relay, "greeted me", words.front());
    }

    io::Task<std::optional<Trouble>> say(Stage stage, std::string_view command) {
        session_.stream.put(base::text(command, options_.helo_name, "\r\n"));
        mail::Reply reply = co_await session_.reply(stage, options_.helo);
        refused_ = !reply.ok() && reply.code != 421;
        if (!reply.ok())
            co_return refusal(reply);
        std::vector<std::string> ignored = options_.ignored_keywords;
        dict::Lookup special = co_await options_.ignored_by_address.find(session_.endpoint.ip);
        if (special.retry())
            co_return lookup_trouble({4, 3, 0}, special.value);
        if (special.found())
            ignored = {special.value};
        esmtp::Capabilities offers = esmtp::parse_ehlo(reply, keywords(ignored));
        std::string name = offers.greeting_name;
        if (stage != Stage::helo)
            session_.offers = std::move(offers);
        session_.protocol = stage == Stage::lhlo ? "LMTP" : stage == Stage::ehlo ? "ESMTP" : "SMTP";
        if (is_us(name))
            co_return ourselves(name);
        co_return std::nullopt;
    }

    Trouble refusal(const mail::Reply& reply) const {
        Trouble trouble = refused_to_talk(session_.peer, reply);
        trouble.destination = true;
        if (session_.stage == Stage::greeting && options_.skip_5xx_greeting) {
            trouble.kind = Trouble::Kind::next;
            trouble.dsn.klass = 4;
        }
        return trouble;
    }

    // We are talking to ourselves, so that the message would come back: it is returned unless a
    // better exchanger exists, which may be back later.
    Trouble ourselves(std::string_view name) const {
        log::our_own_name(session_.peer.relay, "replied to HELO/EHLO", name);
        mail::Dsn dsn = session_.endpoint.best ? mail::Dsn{5, 4, 6} : mail::Dsn{4, 4, 6};
        return lookup_trouble(dsn, nexthop::loops_back(dsn, nexthop_).reason);
    }

    Session& session_;
    std::string_view nexthop_;
    const Options& options_;
    bool extended_ = false;  // the server is worth an EHLO
    bool refused_ = false;   // it did not take the last command
};

}  // namespace

Peer peer_of(const nexthop::Endpoint& endpoint) {
    Peer peer;
    peer.host = endpoint.host;
    peer.peer = base::text(endpoint.host, "[", endpoint.ip, "]");
    peer.relay = peer.peer;
    if (endpoint.address.is_inet())
        base::append(peer.relay, ":", endpoint.port());
    return peer;
}

io::Task<Greeted> open_session(Dialer& dialer, nexthop::Endpoint endpoint, std::string_view nexthop,
                               const Options& options) {
    Greeted greeted;
    greeted.peer = peer_of(endpoint);
    base::Instant deadline =
        options.connect == 0s ? base::never : io::loop().now() + options.connect;
    try {
        std::unique_ptr<io::Wire> wire = co_await dialer.dial(endpoint.address, deadline);
        greeted.session = std::make_unique<Session>(std::move(wire), greeted.peer);
    } catch (const io::TimedOut&) {
        greeted.trouble = no_connection(greeted.peer.relay, base::error_text(ETIMEDOUT));
    } catch (const base::SystemError& error) {
        greeted.trouble = unconnected(greeted.peer, error);
    }
    if (!greeted.session) {
        greeted.peer = Peer();
        co_return greeted;
    }
    greeted.session->endpoint = std::move(endpoint);
    Handshake handshake(*greeted.session, nexthop, options);
    std::exception_ptr error;
    std::optional<Trouble> trouble;
    try {
        std::optional<Trouble> refused = co_await handshake.run();
        trouble = std::move(refused);
    } catch (const io::Closed&) {
        error = std::current_exception();
    } catch (const OutOfStep&) {
        error = std::current_exception();
    }
    if (error) {
        trouble = greeted.session->ended(error);
        trouble->destination = true;
    }
    if (trouble) {
        greeted.trouble = std::move(*trouble);
        greeted.session.reset();
    }
    co_return greeted;
}

io::Task<void> leave(std::unique_ptr<Session> session, const Options& options) {
    try {
        session->stream.limit(options.quit);
        session->stream.deadline(io::never);
        session->stream.put("QUIT\r\n");
        co_await session->stream.flush();
        if (!options.skip_quit_response)
            co_await session->reply(Stage::quit, options.quit);
    } catch (const io::Closed&) {
    } catch (const OutOfStep&) {
    }
}

}  // namespace smtp
