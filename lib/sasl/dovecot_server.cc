#include "lib/sasl/dovecot_server.h"

#include <netdb.h>
#include <string.h>
#include <unistd.h>

#include <exception>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/connect.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"

namespace sasl {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration pause = 1s;     // between connections that nobody waits for
constexpr size_t most_unsent = 1 << 20;  // to a service that does not read

// "host:port", with an address in brackets or not.
std::vector<io::SocketAddress> inet_addresses(const std::string& text) {
    size_t colon = text.rfind(':');
    if (colon == text.npos || colon == 0 || colon + 1 == text.size())
        throw config::Error(
            base::text("expected inet:host:port, found \"inet:", base::printable(text), '"'));
    std::string host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    std::string port = text.substr(colon + 1);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
    if (error != 0)
        throw config::Error(
            base::text(base::printable(host), ':', port, ": ", ::gai_strerror(error)));
    std::vector<io::SocketAddress> addresses;
    for (addrinfo* at = found; at != nullptr; at = at->ai_next) {
        sockaddr_storage storage{};
        ::memcpy(&storage, at->ai_addr, at->ai_addrlen);
        addresses.push_back(io::SocketAddress::from(storage, at->ai_addrlen));
    }
    ::freeaddrinfo(found);
    return addresses;
}

std::vector<io::SocketAddress> addresses_of(std::string_view path) {
    if (path.starts_with("inet:"))
        return inet_addresses(std::string(path.substr(5)));
    if (path.starts_with("unix:"))
        path.remove_prefix(5);
    auto address = io::SocketAddress::unix_path(path);
    if (!address || path.empty())
        throw config::Error(base::text("expected a socket, found \"", base::printable(path), '"'));
    return {*address};
}

void wipe(std::string& secret) {
    ::explicit_bzero(secret.data(), secret.size());
    secret.clear();
}

}  // namespace

// One connection: a task reads, another sends what logins put here.
struct DovecotServer::Link {
    explicit Link(std::unique_ptr<io::Wire> wire) : reader(std::move(wire)) {}
    void put(std::string_view line) {
        out.append(line);
        filled.set();
    }

    io::Stream reader;
    std::string out;
    io::Event filled;
    Offers mechanisms;
    bool ready = false;
    bool unanswered = false;  // a login waited in vain, and nothing came since
};

class DovecotServer::Login : public Exchange {
  public:
    Login(DovecotServer& server, Peer peer) : server_(server), peer_(std::move(peer)) {}
    ~Login() override {
        if (open_ && server_.link_ != nullptr && server_.generation_ == generation_)
            server_.link_->put(dovecot::cancel(id_));
    }

    io::Task<Step> start(std::string mechanism, std::optional<std::string> initial) override {
        bool there = co_await server_.connected();
        if (!there)
            co_return Step(Step::trouble, connection_lost);
        id_ = server_.next_id();
        generation_ = server_.generation_;
        auto line = dovecot::auth(id_, mechanism, server_.options_.service, peer_, initial);
        co_return co_await ask(std::move(line));
    }
    io::Task<Step> answer(std::string response) override {
        if (server_.link_ == nullptr || server_.generation_ != generation_)
            co_return Step(Step::trouble, connection_lost);
        auto line = dovecot::response(id_, response);
        co_return co_await ask(std::move(line));
    }

  private:
    io::Task<Step> ask(std::optional<std::string> line) {
        if (!line)
            co_return Step(Step::failed, "Malformed authentication response");
        open_ = true;
        Step step = co_await server_.ask(id_, std::move(*line));
        open_ = step.state == Step::challenge;
        co_return step;
    }

    DovecotServer& server_;
    Peer peer_;
    uint32_t id_ = 0;
    uint64_t generation_ = 0;
    bool open_ = false;  // the service still thinks about it
};

DovecotServer::DovecotServer(VerifierOptions options)
    : options_(std::move(options)), addresses_(addresses_of(options_.path)) {}

DovecotServer::~DovecotServer() = default;

std::unique_ptr<Exchange> DovecotServer::begin(Peer peer) {
    return std::make_unique<Login>(*this, std::move(peer));
}

uint32_t DovecotServer::next_id() {
    do {
        if (++last_id_ == 0)
            ++last_id_;
    } while (pending_.contains(last_id_));
    return last_id_;
}

io::Task<bool> DovecotServer::connected() {
    if (link_ != nullptr && link_->ready)
        co_return true;
    tried_.clear();
    wanted_.set();
    co_await tried_.wait(io::loop().now() + options_.time_limit);
    co_return link_ != nullptr && link_->ready;
}

io::Task<Offers> DovecotServer::mechanisms(Demands demands) {
    // While the service is away for a moment, clients need not think that nobody can log in here.
    if (known_.empty())
        co_await connected();
    Offers fitting;
    for (const Offer& mechanism : known_)
        if (demands.met_by(mechanism))
            fitting.push_back(mechanism);
    co_return fitting;
}

io::Task<Step> DovecotServer::ask(uint32_t id, std::string line) {
    struct Place {
        Place(DovecotServer& owner, uint32_t name) : server(owner), id(name) {
            server.pending_[id] = &pending;
        }
        ~Place() { server.pending_.erase(id); }
        DovecotServer& server;
        uint32_t id;
        Pending pending;
    };
    if (link_ == nullptr)
        co_return Step(Step::trouble, connection_lost);
    if (link_->out.size() + line.size() > most_unsent)
        co_return Step(Step::trouble, base::text(connection_lost, " (too many wait)"));
    Place place(*this, id);
    link_->put(line);
    wipe(line);
    bool settled = co_await place.pending.settled.wait(io::loop().now() + options_.time_limit);
    if (settled)
        co_return std::move(*place.pending.step);
    if (link_ != nullptr) {
        link_->put(dovecot::cancel(id));
        link_->unanswered = true;
    }
    co_return Step(Step::trouble, base::text(connection_lost, " (no answer)"));
}

void DovecotServer::lost(const std::string& why) {
    for (auto& [id, pending] : pending_) {
        pending->step = Step(Step::trouble, connection_lost);
        pending->settled.set();
    }
    if (!warned_ && !why.empty())
        base::log::warning(base::text("SASL: ", why));
    warned_ = warned_ || !why.empty();
}

io::Task<void> DovecotServer::send(Link& link) {
    io::Wire& wire = link.reader.wire();
    for (;;) {
        co_await link.filled.wait();
        link.filled.clear();
        std::string out = std::exchange(link.out, {});
        size_t sent = 0;
        while (sent < out.size()) {
            ssize_t n = -1;
            try {
                n = wire.try_write(std::string_view(out).substr(sent));
            } catch (const io::Closed&) {
                n = -2;
            }
            if (n == -2)
                co_return;  // the reader hears of it
            if (n > 0)
                sent += static_cast<size_t>(n);
            else
                co_await wire.writable(io::never);
        }
        wipe(out);
    }
}

// False where the service is none that can be asked; it has been logged why.
io::Task<bool> DovecotServer::shake_hands(Link& link) {
    link.put(dovecot::hello(::getpid()));
    link.reader.deadline(io::loop().now() + options_.time_limit);
    for (;;) {
        std::optional<std::string_view> line = co_await link.reader.line(dovecot::longest_line);
        if (!line)
            throw io::Closed("it closed the connection");
        std::vector<std::string> words = dovecot::words_of(base::trim(*line));
        const std::string& verb = words[0];
        if (verb == "VERSION" &&
            (words.size() < 2 || words[1] != std::to_string(dovecot::major_version))) {
            lost(base::text("Protocol version mismatch at ", options_.path));
            co_return false;
        }
        if (verb == "MECH")
            link.mechanisms.push_back(dovecot::mechanism_of(words));
        // The sockets for other services send no mechanisms, and nothing behind this.
        if (verb == "SPID" && link.mechanisms.empty()) {
            lost(base::text("Connected to wrong auth socket ", options_.path,
                            " (auth-master instead of auth-client)"));
            co_return false;
        }
        if (verb == "DONE")
            co_return true;
    }
}

void DovecotServer::take(std::string_view line) {
    std::optional<dovecot::Reply> reply = dovecot::reply_of(dovecot::words_of(base::trim(line)));
    auto asked = reply ? pending_.find(reply->id) : pending_.end();
    if (asked == pending_.end())
        return;  // of a login that was broken off, or news that are no replies
    asked->second->step = std::move(reply->step);
    asked->second->settled.set();
}

// Until the end of the connection (true), or until nothing has come for the time limit.
io::Task<bool> DovecotServer::read_replies(Link& link) {
    try {
        for (;;) {
            std::optional<std::string_view> line = co_await link.reader.line(dovecot::longest_line);
            if (!line)
                co_return true;
            link.unanswered = false;
            take(*line);
        }
    } catch (const io::TimedOut&) {
    }
    co_return false;
}

// Until the connection is lost, or is to be given up: a host that is gone says nothing.
io::Task<std::string> DovecotServer::serve(Link& link) {
    link.reader.deadline(io::never);
    link.reader.limit(options_.time_limit);
    for (;;) {
        bool closed = co_await read_replies(link);
        if (closed)
            co_return "the connection is closed";
        if (link.unanswered)
            co_return "no answer";
    }
}

io::Task<void> DovecotServer::converse(std::unique_ptr<io::Wire> wire) {
    Link link(std::move(wire));
    ++generation_;
    link_ = &link;
    io::Scope beside;
    beside.spawn(send(link));
    std::exception_ptr error;
    std::string why;
    try {
        bool good = co_await shake_hands(link);
        if (good) {
            known_ = link.mechanisms;
            link.ready = true;
            warned_ = false;
            tried_.set();
            std::string end = co_await serve(link);
            why = std::move(end);
        }
    } catch (const io::Closed& closed) {
        why = closed.what();
    } catch (...) {
        error = std::current_exception();
    }
    link_ = nullptr;
    lost(why.empty() ? why : base::text("auth socket ", options_.path, ": ", why));
    beside.cancel();
    co_await beside.join();
    if (error)
        std::rethrow_exception(error);
}

// Null where nobody listens.
io::Task<std::unique_ptr<io::Wire>> DovecotServer::connect() {
    std::string why;
    for (const io::SocketAddress& address : addresses_) {
        try {
            base::Fd fd = co_await io::connect(address, io::loop().now() + options_.time_limit);
            co_return io::descriptor_wire(std::move(fd));
        } catch (const io::TimedOut&) {
            why = "timeout";
        } catch (const base::SystemError& error) {
            why = base::error_text(error.code());
        }
    }
    lost(base::text("Connect to Dovecot auth socket '", options_.path, "' failed: ", why));
    co_return nullptr;
}

io::Task<void> DovecotServer::run() {
    for (;;) {
        wanted_.clear();
        std::unique_ptr<io::Wire> wire = co_await connect();
        if (wire)
            co_await converse(std::move(wire));
        tried_.set();
        co_await wanted_.wait(io::loop().now() + pause);
    }
}

}  // namespace sasl
