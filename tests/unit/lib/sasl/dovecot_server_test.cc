// Logins over one connection to a Dovecot that the test plays.
#include "lib/sasl/dovecot_server.h"

#include <gtest/gtest.h>

#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"

namespace {

using namespace std::chrono_literals;
using sasl::Step;

const std::string greeting =
    "VERSION\t1\t2\nMECH\tAPOP\tprivate\nMECH\tPLAIN\tplaintext\nMECH\tCRAM-"
    "MD5\tdictionary\tactive\nSPID\t1\nCUID\t2\n"
    "COOKIE\tx\nDONE\n";

sasl::VerifierOptions options(base::Duration time_limit = 5s) {
    sasl::VerifierOptions options;
    options.path = "/nowhere/auth";
    options.service = "smtp";
    options.time_limit = time_limit;
    return options;
}

// One side of the connection is the server's, the other the test's.
struct World {
    explicit World(base::Duration time_limit = 5s) : server(options(time_limit)) {
        auto wires = io::wire_pair();
        service.emplace(std::move(wires.second));
        service->limit(5s);
        scope.spawn(server.converse(std::move(wires.first)));
    }

    io::Loop loop;
    sasl::DovecotServer server;
    std::optional<io::Stream> service;
    io::Scope scope;
};

io::Task<void> hear(World& world, std::string expected) {
    std::optional<std::string_view> line = co_await world.service->line(4096);
    EXPECT_EQ(line ? std::string(*line) : "", expected);
}

io::Task<void> say(World& world, std::string text) {
    world.service->put(text);
    co_await world.service->flush();
}

io::Task<void> shake_hands(World& world) {
    co_await say(world, greeting);
    std::optional<std::string_view> version = co_await world.service->line(4096);
    EXPECT_TRUE(version && version->starts_with("VERSION\t1\t"));
    std::optional<std::string_view> process = co_await world.service->line(4096);
    EXPECT_TRUE(process && process->starts_with("CPID\t"));
    co_await io::sleep(1ms);
}

io::Task<void> end(World& world) {
    world.service.reset();
    co_await world.scope.join();
}

sasl::Peer peer() {
    sasl::Peer peer;
    peer.address = "192.0.2.1";
    return peer;
}

// Begins a login, as its client's task; the result goes to `into`.
io::Task<void> begin(sasl::Exchange& exchange, std::string mechanism, std::string initial,
                     std::optional<Step>& into) {
    Step step = co_await exchange.start(std::move(mechanism), std::move(initial));
    into = std::move(step);
}

io::Task<void> go_on(sasl::Exchange& exchange, std::string response, std::optional<Step>& into) {
    Step step = co_await exchange.answer(std::move(response));
    into = std::move(step);
}

io::Task<void> several(World& world) {
    co_await shake_hands(world);
    auto first = world.server.begin(peer());
    auto second = world.server.begin(peer());
    std::optional<Step> one, two;
    io::Scope clients;
    clients.spawn(begin(*first, "PLAIN", "AA==", one));
    clients.spawn(begin(*second, "LOGIN", "BB==", two));
    co_await hear(world, "AUTH\t1\tPLAIN\tservice=smtp\tnologin\trip=192.0.2.1\tresp=AA==\n");
    co_await hear(world, "AUTH\t2\tLOGIN\tservice=smtp\tnologin\trip=192.0.2.1\tresp=BB==\n");
    // In the other order, with news between that are nobody's.
    co_await say(world, "CONT\t2\tcGFzcw==\nOK\t99\tuser=eve\nSTRANGE\tline\nOK\t1\tuser=bob\n");
    co_await clients.join();
    EXPECT_EQ(one->state, Step::done);
    EXPECT_EQ(one->user, "bob");
    EXPECT_EQ(two->state, Step::challenge);
    EXPECT_EQ(two->text, "cGFzcw==");
    clients.spawn(go_on(*second, "eA==", two));
    co_await hear(world, "CONT\t2\teA==\n");
    co_await say(world, "FAIL\t2\tuser=al\treason=no\n");
    co_await clients.join();
    EXPECT_EQ(two->state, Step::failed);
    EXPECT_EQ(two->user, "al");
    co_await end(world);
}

TEST(DovecotServer, AnswersGoToThoseWhoAsked) {
    World world;
    io::run_task(several(world));
}

io::Task<void> broken_off(World& world) {
    co_await shake_hands(world);
    std::optional<Step> step;
    {
        auto exchange = world.server.begin(peer());
        io::Scope clients;
        clients.spawn(begin(*exchange, "LOGIN", "AA==", step));
        co_await hear(world, "AUTH\t1\tLOGIN\tservice=smtp\tnologin\trip=192.0.2.1\tresp=AA==\n");
        co_await say(world, "CONT\t1\tYQ==\n");
        co_await clients.join();
        // What cannot be in a line is no line: the login is still open.
        clients.spawn(go_on(*exchange, "a\tb", step));
        co_await clients.join();
        EXPECT_EQ(step->state, Step::failed);
    }
    co_await hear(world, "CANCEL\t1\n");
    co_await end(world);
}

TEST(DovecotServer, ALoginThatIsBrokenOffIsCancelled) {
    World world;
    io::run_task(broken_off(world));
}

io::Task<void> lost(World& world) {
    co_await shake_hands(world);
    auto exchange = world.server.begin(peer());
    std::optional<Step> step;
    io::Scope clients;
    clients.spawn(begin(*exchange, "PLAIN", "AA==", step));
    co_await hear(world, "AUTH\t1\tPLAIN\tservice=smtp\tnologin\trip=192.0.2.1\tresp=AA==\n");
    co_await end(world);
    co_await clients.join();
    EXPECT_EQ(step->state, Step::trouble);
    EXPECT_EQ(step->text, "Connection lost to authentication server");
    clients.spawn(go_on(*exchange, "AA==", step));
    co_await clients.join();
    EXPECT_EQ(step->state, Step::trouble);
    // What was known of it is still offered.
    const sasl::Demands anything;
    std::optional<sasl::Offers> known = co_await world.server.mechanisms(anything);
    EXPECT_TRUE(known && known->size() == 2);
}

TEST(DovecotServer, ALostConnectionIsTrouble) {
    World world;
    io::run_task(lost(world));
}

io::Task<void> crowd(World& world) {
    co_await shake_hands(world);
    constexpr size_t number = 50;
    std::vector<std::unique_ptr<sasl::Exchange>> logins;
    std::vector<std::optional<Step>> steps(number);
    io::Scope clients;
    for (size_t i = 0; i < number; ++i) {
        logins.push_back(world.server.begin(peer()));
        clients.spawn(begin(*logins[i], "PLAIN", std::string(60000, 'A'), steps[i]));
    }
    co_await io::sleep(1ms);
    // Some wait for an answer, none of the others for room.
    EXPECT_FALSE(steps.front());
    EXPECT_TRUE(steps.back() && steps.back()->state == Step::trouble);
    co_await end(world);
    co_await clients.join();
}

TEST(DovecotServer, AServiceThatDoesNotReadIsNotFedWithoutEnd) {
    World world;
    io::run_task(crowd(world));
}

io::Task<void> silent(World& world) {
    co_await shake_hands(world);
    co_await io::sleep(450ms);  // there was nothing to answer
    auto exchange = world.server.begin(peer());
    std::optional<Step> step;
    io::Scope clients;
    clients.spawn(begin(*exchange, "PLAIN", "AA==", step));
    co_await clients.join();
    EXPECT_EQ(step->state, Step::trouble);
    EXPECT_EQ(step->text, "Connection lost to authentication server (no answer)");
    co_await world.scope.join();  // the other end is still there
}

TEST(DovecotServer, AServiceThatAnswersNothingIsLeft) {
    World world(200ms);
    io::run_task(silent(world));
}

io::Task<void> demanded(World& world) {
    co_await shake_hands(world);
    sasl::Demands demands;
    demands.unwanted = sasl::property::plaintext;
    std::optional<sasl::Offers> fitting = co_await world.server.mechanisms(demands);
    EXPECT_EQ(fitting,
              (sasl::Offers{{"CRAM-MD5", sasl::property::dictionary | sasl::property::active}}));
    demands.needed = sasl::property::mutual_auth;
    std::optional<sasl::Offers> nothing = co_await world.server.mechanisms(demands);
    EXPECT_EQ(nothing, sasl::Offers());
    co_await end(world);
}

io::Task<void> nobody_there(sasl::DovecotServer& server) {
    const sasl::Demands anything;
    std::optional<sasl::Offers> unknown = co_await server.mechanisms(anything);
    EXPECT_FALSE(unknown);
}

TEST(DovecotServer, WhatNobodySaidIsNotNothing) {
    io::Loop loop;
    sasl::DovecotServer server(options(50ms));
    io::run_task(nobody_there(server));
}

TEST(DovecotServer, MechanismsMeetDemands) {
    World world;
    io::run_task(demanded(world));
}

io::Task<void> refuse(World& world, std::string hello) {
    co_await say(world, hello);
    co_await world.scope.join();
}

TEST(DovecotServer, AStrangeServiceIsNotAsked) {
    for (const char* hello : {"VERSION\t2\t0\n", "VERSION\t1\t0\nSPID\t1\n", "VERSION\n"}) {
        World world;
        io::run_task(refuse(world, hello));
    }
}

TEST(DovecotServer, TheSocketIsRead) {
    for (const char* good : {"private/auth", "unix:/run/auth", "inet:127.0.0.1:12345",
                             "inet:[::1]:12345", "inet:localhost:12345"}) {
        sasl::VerifierOptions with = options();
        with.path = good;
        EXPECT_NO_THROW(sasl::DovecotServer{with}) << good;
    }
    for (const char* bad : {"", "unix:", "inet:127.0.0.1", "inet::12", "inet:127.0.0.1:",
                            "inet:127.0.0.1:no-port", "inet:localhost:no-port"}) {
        sasl::VerifierOptions with = options();
        with.path = bad;
        EXPECT_THROW(sasl::DovecotServer{with}, config::Error) << bad;
    }
}

}  // namespace
