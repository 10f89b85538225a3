#include "lib/sasl/dovecot_server.h"

#include <string.h>

#include <exception>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"

namespace sasl {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration pause = 1s;  // between connections that nobody waits for

}  // namespace

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
    : options_(std::move(options)), socket_(options_.path) {}

DovecotServer::~DovecotServer() = default;

std::unique_ptr<Exchange> DovecotServer::begin(Peer peer) {
    return std::make_unique<Login>(*this, std::move(peer));
}

// Dovecot does not know the demands.
io::Task<Step> DovecotServer::not_offered(std::string, Demands) {
    co_return Step(Step::failed, "Invalid authentication mechanism");
}

uint32_t DovecotServer::next_id() {
    do {
        if (++last_id_ == 0)
            ++last_id_;
    } while (pending_.contains(last_id_));
    return last_id_;
}

io::Task<bool> DovecotServer::connected() {
    if (link_ != nullptr && link_->ready())
        co_return true;
    tried_.clear();
    wanted_.set();
    co_await tried_.wait(io::loop().now() + options_.time_limit);
    co_return link_ != nullptr && link_->ready();
}

io::Task<std::optional<Offers>> DovecotServer::mechanisms(Demands demands) {
    // While the service is away for a moment, clients need not think that nobody can log in here.
    if (!known_)
        co_await connected();
    if (!known_)
        co_return std::nullopt;
    Offers fitting;
    for (const Offer& mechanism : *known_)
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
    bool room = link_->put(line);
    ::explicit_bzero(line.data(), line.size());
    if (!room)
        co_return Step(Step::trouble, base::text(connection_lost, " (too many wait)"));
    Place place(*this, id);
    bool settled = co_await place.pending.settled.wait(io::loop().now() + options_.time_limit);
    if (settled)
        co_return std::move(*place.pending.step);
    if (link_ != nullptr) {
        link_->put(dovecot::cancel(id));
        link_->unanswered();
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

void DovecotServer::take(dovecot::Reply reply) {
    auto asked = pending_.find(reply.id);
    if (asked == pending_.end())
        return;  // of a login that was broken off
    asked->second->step = std::move(reply.step);
    asked->second->settled.set();
}

io::Task<void> DovecotServer::converse(std::unique_ptr<io::Wire> wire) {
    dovecot::Link link(std::move(wire), options_.time_limit);
    const std::function<void(dovecot::Reply)> replies = [this](dovecot::Reply reply) {
        take(std::move(reply));
    };
    ++generation_;
    link_ = &link;
    io::Scope beside;
    beside.spawn(link.send());
    std::exception_ptr error;
    std::string why;
    try {
        co_await link.shake_hands();
        known_ = link.mechanisms();
        warned_ = false;
        tried_.set();
        std::string end = co_await link.serve(replies);
        why = std::move(end);
    } catch (const io::Closed& closed) {
        why = closed.what();
    } catch (const dovecot::WrongService& wrong) {
        why = wrong.what();
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

io::Task<void> DovecotServer::keep_connected() {
    for (;;) {
        wanted_.clear();
        AuthSocket::Outcome connection = co_await socket_.connect(options_.time_limit);
        if (connection.wire)
            co_await converse(std::move(connection.wire));
        else
            lost(base::text("Connect to Dovecot auth socket '", options_.path,
                            "' failed: ", connection.why));
        tried_.set();
        co_await wanted_.wait(io::loop().now() + pause);
    }
}

io::Task<void> DovecotServer::run() {
    io::Scope beside;
    beside.spawn(socket_.run());
    std::exception_ptr error;
    try {
        co_await keep_connected();
    } catch (...) {
        error = std::current_exception();
    }
    beside.cancel();
    co_await beside.join();
    std::rethrow_exception(error);
}

}  // namespace sasl
