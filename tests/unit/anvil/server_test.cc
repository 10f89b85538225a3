// Workers and the anvil service, over a socket.
#include "anvil/server.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/listen.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/ipc/anvil.h"

namespace {

using namespace std::chrono_literals;
using ipc::AnvilVerb;

struct Anvil : testing::Test {
    Anvil() {
        char name[] = "/tmp/anvil-test-XXXXXX";
        folder = ::mkdtemp(name);
        path = folder + "/anvil";
        base::log::Options log;
        log.program = "smtpd";
        log.postlog_socket = "/nonexistent/socket";
        log.file_when_absent = folder + "/log";
        base::log::open(log);
    }
    ~Anvil() override {
        scope.cancel();
        settle();
        base::log::Options aloud;
        aloud.only_stderr = true;
        base::log::open(aloud);
        std::filesystem::remove_all(folder);
    }

    void settle() {
        for (int i = 0; i < 20; ++i) {
            loop.run_until_idle();
            usleep(500);
        }
    }
    void start() { scope.spawn(accept()); }
    io::Task<void> accept() {
        io::Listener door(io::listen_unix(path, 0600));
        io::Scope workers;
        std::exception_ptr end;
        try {
            for (;;) {
                std::optional<io::Accepted> worker = co_await door.accept();
                std::unique_ptr<io::Wire> wire = io::descriptor_wire(std::move(worker->fd));
                workers.spawn(server.converse(std::move(wire)));
            }
        } catch (...) {
            end = std::current_exception();
        }
        workers.cancel();
        co_await workers.join();
    }
    // "count/rate", or "away".
    std::string tell(ipc::AnvilClient& worker, AnvilVerb verb, std::string ident = "smtp:a") {
        std::string answer = "none";
        scope.spawn(ask(worker, verb, std::move(ident), answer));
        settle();
        return answer;
    }
    static io::Task<void> ask(ipc::AnvilClient& worker, AnvilVerb verb, std::string ident,
                              std::string& answer) {
        std::optional<ipc::AnvilCounts> counts = co_await worker.tell(verb, std::move(ident));
        answer = counts ? base::text(counts->count, '/', counts->rate) : "away";
    }

    std::string folder, path;
    io::ManualClock clock;
    io::Loop loop{clock};
    anvil::Server server{anvil::Server::Options()};
    io::Scope scope;
};

TEST_F(Anvil, CountsOverAllWorkers) {
    ipc::AnvilClient first(path), second(path);
    start();
    settle();
    io::Scope one, two;
    one.spawn(first.run());
    two.spawn(second.run());
    settle();
    EXPECT_EQ(tell(first, AnvilVerb::connect), "1/1");
    EXPECT_EQ(tell(second, AnvilVerb::connect), "2/2");
    EXPECT_EQ(tell(second, AnvilVerb::connect, "smtp:b"), "1/1");
    EXPECT_EQ(tell(second, AnvilVerb::message), "2/1");
    EXPECT_EQ(tell(first, AnvilVerb::recipient), "2/1");
    EXPECT_EQ(tell(first, AnvilVerb::recipient), "2/2");
    first.leave("smtp:a");
    settle();
    EXPECT_EQ(tell(first, AnvilVerb::connect), "2/3");
    two.cancel();  // that worker dies
    settle();
    EXPECT_EQ(tell(first, AnvilVerb::connect), "2/4");
    one.cancel();
    settle();
}

TEST_F(Anvil, NobodyWaitsForOneThatIsAway) {
    ipc::AnvilClient worker(path);
    scope.spawn(worker.run());
    settle();
    EXPECT_EQ(tell(worker, AnvilVerb::connect), "away");
    EXPECT_EQ(tell(worker, AnvilVerb::message), "away");
    start();
    clock.advance(2s);
    settle();
    clock.advance(2s);
    settle();
    // It is told of what is there already.
    EXPECT_EQ(tell(worker, AnvilVerb::connect), "2/1");
    scope.cancel();
    settle();
}

TEST_F(Anvil, RefusesWhatIsNoRequest) {
    EXPECT_THROW(ipc::AnvilRequest::decode("x"), base::DecodeError);
    EXPECT_THROW(ipc::AnvilAnswer::decode("xxxx"), base::DecodeError);
    std::string bytes = ipc::AnvilRequest{1, AnvilVerb::connect, "a"}.encode();
    bytes[4] = 99;
    EXPECT_THROW(ipc::AnvilRequest::decode(bytes), base::DecodeError);
    for (auto verb = AnvilVerb::connect; verb <= ipc::last_anvil_verb;
         verb = static_cast<AnvilVerb>(static_cast<int>(verb) + 1))
        EXPECT_EQ(ipc::AnvilRequest::decode(ipc::AnvilRequest{1, verb, "x"}.encode()).verb, verb);
    auto request = ipc::AnvilRequest::decode(ipc::AnvilRequest{7, AnvilVerb::hold, "x"}.encode());
    EXPECT_EQ(request.number, 7u);
    EXPECT_EQ(request.ident, "x");
}

}  // namespace
