#include "smtp/greeting.h"

#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <vector>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/nexthop/site.h"
#include "smtp/log.h"
#include "smtp/login.h"
#include "smtp/start_tls.h"

namespace smtp {
namespace {

// Our own shortage says nothing about the host.
bool our_own(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS ||
           error == EADDRNOTAVAIL;
}

health::Reason cause_of(int error) {
    switch (error) {
        case ETIMEDOUT:
            return health::Reason::connect_timeout;
        case ECONNREFUSED:
        case ECONNRESET:
        case ENOENT:  // of a socket's path
            return health::Reason::refused;
        default:
            return our_own(error) ? health::Reason::local_trouble : health::Reason::unreachable;
    }
}

// The words of all of `lists`.
std::vector<std::string_view> keywords(const std::vector<std::string>& lists) {
    std::vector<std::string_view> words;
    for (const std::string& list : lists)
        for (std::string_view word : base::split(list, ", \t"))
            words.push_back(word);
    return words;
}

// Whether the server calls itself by our own name where that means that it is ourselves.
bool is_us(const Session& session, std::string_view name, const Options& options) {
    return session.endpoint.loop_guard && base::equal_nocase(name, options.myhostname);
}

void look_at(Session& session, const mail::Reply& greeting, const Options& options) {
    bool esmtp = options.always_send_ehlo;
    for (const std::string& line : greeting.lines)
        for (std::string_view word : base::split(line, " \t"))
            esmtp = esmtp || base::equal_nocase(word, "ESMTP");
    session.extended = esmtp && !options.never_send_ehlo;
    std::vector<std::string_view> words = base::split(greeting.lines.front(), " \t");
    if (!words.empty() && is_us(session, words.front(), options))
        log::our_own_name(session.peer.relay, "greeted me", words.front());
}

Trouble refusal(const Session& session, const mail::Reply& reply) {
    Trouble trouble = refused_to_talk(session.peer, reply, session.stage);
    trouble.destination = true;
    return trouble;
}

// What may end a conversation is the trouble of whoever waits for its beginning.
Trouble cut_short(Session& session, const std::exception_ptr& error) {
    Trouble trouble = session.ended(error);
    trouble.destination = true;
    return trouble;
}

// EHLO or HELO.
class Handshake {
  public:
    Handshake(Session& session, std::string_view nexthop, const Options& options)
        : session_(session), nexthop_(nexthop), options_(options) {}

    // Throws as Session::reply() does.
    io::Task<std::optional<Trouble>> run() {
        std::optional<Trouble> trouble = co_await hello();
        bool plain = !session_.approach || session_.approach->tls.level == TlsLevel::none;
        if (!trouble && plain && session_.offers.starttls && options_.note_starttls_offer)
            log::starttls_offered(session_.endpoint.host);
        if (trouble || plain || session_.tls)
            co_return trouble;
        std::optional<Trouble> insecure = co_await start_tls(session_, options_);
        if (insecure || !session_.tls)
            co_return insecure;
        std::optional<Trouble> again = co_await hello();
        if (!again && options_.block_early_reply && !session_.quiet())
            co_return too_early();
        co_return again;
    }

  private:
    io::Task<std::optional<Trouble>> hello() {
        if (options_.lmtp)
            co_return co_await say(Stage::lhlo, "LHLO ");
        if (!session_.extended)
            co_return co_await say(Stage::helo, "HELO ");
        std::optional<Trouble> trouble = co_await say(Stage::ehlo, "EHLO ");
        if (!refused_)
            co_return trouble;
        co_return co_await say(Stage::helo, "HELO ");
    }

    // What was begun in another's name before TLS is being answered (CVE-2009-3555).
    Trouble too_early() const {
        Trouble trouble = protocol_error(session_.peer, session_.stage, "sent replies ahead");
        trouble.cause = health::Reason::early_data;
        trouble.destination = true;
        return trouble;
    }

    // Whatever the command: the next place is asked. Who knows nothing of relays asks here again.
    bool not_now(const mail::Reply& reply) const {
        return options_.failover->health ? reply.transient() : reply.code == 421;
    }

    io::Task<std::optional<Trouble>> say(Stage stage, std::string_view command) {
        session_.stream.put(base::text(command, options_.helo_name, "\r\n"));
        mail::Reply reply = co_await session_.reply(stage, session_.within_turn(options_.helo));
        refused_ = !reply.ok() && !not_now(reply);
        if (!reply.ok())
            co_return refusal(session_, reply);
        std::vector<std::string> ignored = options_.ignored_keywords;
        dict::Lookup special = co_await options_.ignored_by_address.find(session_.endpoint.ip);
        if (special.retry())
            co_return lookup_trouble({4, 3, 0}, special.value);
        if (special.found())
            ignored = {special.value};
        esmtp::Capabilities offers = esmtp::parse_ehlo(reply, keywords(ignored));
        std::string name = offers.greeting_name;
        session_.introduction = std::move(reply);
        if (stage != Stage::helo)
            session_.offers = std::move(offers);
        session_.protocol = stage == Stage::lhlo ? "LMTP" : stage == Stage::ehlo ? "ESMTP" : "SMTP";
        if (is_us(session_, name, options_))
            co_return ourselves(name);
        co_return std::nullopt;
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
    bool refused_ = false;  // it did not take the last command
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

Trouble unconnected(const nexthop::Endpoint& endpoint, int error) {
    Trouble trouble = no_connection(peer_of(endpoint).relay, base::error_text(error));
    trouble.cause = cause_of(error);
    // Without an address of the family another one may do.
    bool no_such_family = error == EADDRNOTAVAIL && endpoint.address.family() == AF_INET6;
    if (our_own(error) && !no_such_family)
        trouble.kind = Trouble::Kind::local;
    return trouble;
}

io::Task<std::optional<Trouble>> hear_greeting(Session& session, base::Duration limit,
                                               const Options& options) {
    std::exception_ptr error;
    std::optional<Trouble> trouble;
    try {
        mail::Reply greeting = co_await session.reply(Stage::greeting, limit);
        if (greeting.ok())
            look_at(session, greeting, options);
        else
            trouble = refusal(session, greeting);
        session.greeting = std::move(greeting);
    } catch (const io::Closed&) {
        error = std::current_exception();
    } catch (const OutOfStep&) {
        error = std::current_exception();
    }
    if (error)
        trouble = cut_short(session, error);
    else if (trouble && options.skip_5xx_greeting) {
        trouble->kind = Trouble::Kind::next;
        trouble->dsn.klass = 4;
    }
    co_return trouble;
}

io::Task<std::optional<Trouble>> introduce(Session& session, std::string_view nexthop,
                                           const Options& options) {
    Handshake handshake(session, nexthop, options);
    std::exception_ptr error;
    std::optional<Trouble> trouble;
    try {
        std::optional<Trouble> refused = co_await handshake.run();
        if (!refused) {
            std::optional<Trouble> stranger = co_await log_in(session, options);
            refused = std::move(stranger);
        }
        trouble = std::move(refused);
    } catch (const io::Closed&) {
        error = std::current_exception();
    } catch (const OutOfStep&) {
        error = std::current_exception();
    }
    if (error)
        trouble = cut_short(session, error);
    co_return trouble;
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
