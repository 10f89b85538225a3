#include "tests/unit/lib/tls/world.h"

#include <filesystem>
#include <fstream>

namespace trial {

io::Task<void> dial(std::unique_ptr<io::Wire> wire, const tls::ClientContext& context,
                    tls::Handshake& into, tls::Wish wish, base::Instant deadline) {
    tls::Handshake made = co_await tls::connect(std::move(wire), context, wish, deadline);
    into = std::move(made);
}

io::Task<void> answer(std::unique_ptr<io::Wire> wire, const tls::ServerContext& context,
                      tls::Handshake& into, tls::ServerWish wish) {
    tls::Handshake made = co_await tls::accept(std::move(wire), context, wish, io::never);
    into = std::move(made);
}

Scratch::Scratch() {
    std::string made = "/tmp/posthaste-tls-XXXXXX";
    folder = ::mkdtemp(made.data());
}

Scratch::~Scratch() {
    std::filesystem::remove_all(folder);
}

std::string Scratch::file(const std::string& name, const std::string& content) const {
    std::string path = folder + "/" + name;
    std::ofstream(path) << content;
    return path;
}

World::World() {
    scratch.file("ca.pem", ca);
}
World::~World() {
    near.wire.reset();
    far.wire.reset();
    loop.run_until_idle();
}

config::Settings World::settings(const std::string& lines) const {
    return config::Settings::from(
        config::MainCf::parse("compatibility_level = 3.12\n" + lines, "main.cf"), scratch.folder);
}

void World::server(const std::string& chain, const std::string& lines, tls::TicketKeys* tickets,
                   tls::ChainsByName by_name) {
    std::string text = lines;
    if (!chain.empty())
        text += "\nsmtpd_tls_chain_files = " + scratch.file("server.pem", chain) + "\n";
    server_context =
        std::make_unique<tls::ServerContext>(settings(text), tickets, std::move(by_name));
}

void World::client(const std::string& lines, tls::Sessions* sessions) {
    config::Settings read =
        settings("smtp_tls_CAfile = " + scratch.folder + "/ca.pem\n" + lines + "\n");
    client_context =
        std::make_unique<tls::ClientContext>(config::OwnSettings(read, "smtp"), sessions);
}

void World::meet(const tls::Wish& wish, const tls::ServerWish& taken) {
    auto [here, there] = io::wire_pair(capacity);
    near = tls::Handshake();
    far = tls::Handshake();
    io::Scope scope;
    scope.spawn(dial(std::move(here), *client_context, near, wish));
    scope.spawn(answer(std::move(there), *server_context, far, taken));
    loop.run_until_idle();
    // What one end gave up is the end for the other.
    if (!near.wire)
        far.wire.reset();
    loop.run_until_idle();
    scope.cancel();
    loop.run_until_idle();
}

std::string World::outcome(const tls::Wish& wish) {
    meet(wish);
    if (!near.wire)
        return "failed: " + near.error;
    std::string text = tls::peer_status_word(near.facts.peer);
    return near.facts.problem.empty() ? text : text + ": " + near.facts.problem;
}

}  // namespace trial
