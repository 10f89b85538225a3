#include <gtest/gtest.h>

#include "lib/base/encode.h"
#include "lib/io/connect.h"
#include "lib/io/listen.h"
#include "lib/io/listener.h"
#include "lib/ipc/frame.h"
#include "lib/ipc/proxymap.h"
#include "proxymap/server.h"
#include "tests/unit/lib/dict/table_world.h"

namespace {

using namespace std::chrono_literals;
using dict_test::log_lines;
using dict_test::TableWorld;

TEST(ProxymapFrames, GoThereAndBack) {
    ipc::ProxymapQuestion question{
        "hash:/etc/x", std::string("a\0b", 3), dict::Key::part, {false, true, false}};
    EXPECT_EQ(ipc::ProxymapQuestion::decode(question.encode()), question);
    for (const dict::Lookup& lookup :
         {dict::Lookup(), dict::Lookup::of("value"), dict::Lookup::later("why")})
        EXPECT_EQ(ipc::decode_lookup(ipc::encode_lookup(lookup)), lookup);
    EXPECT_THROW(ipc::decode_lookup("\x07"), base::DecodeError);
    EXPECT_THROW(ipc::ProxymapQuestion::decode("\x01"), base::DecodeError);
}

// A proxymap of the test's own, on a socket in the scratch folder.
class Proxymap : public testing::Test {
  protected:
    Proxymap() { approve("static:x"); }
    ~Proxymap() override { stop(); }

    // A server that answers about `table` too.
    void approve(const std::string& table) {
        proxymap::Options options;
        options.parameter = "proxy_read_maps";
        options.main_cf = "/etc/postfix/main.cf";
        options.approved = {"inline:{a=b}", "static:x", "hash:/no/such", table};
        options.idle_limit = 100s;
        tables_ = std::make_unique<dict::Tables>(world_.settings(), nullptr,
                                                 dict::Tables::NameService::in_place);
        server_ = std::make_unique<proxymap::Server>(options, *tables_);
    }

    void start() {
        listener_ =
            std::make_unique<io::Listener>(io::listen_unix(world_.path("proxymap"), 0600, 100));
        scope_.spawn(accept());
        world_.loop().run_until_idle();
    }
    void stop() {
        if (listener_)
            listener_->close();
        scope_.cancel();
        world_.loop().run_until_idle();
        listener_.reset();
        std::filesystem::remove(world_.path("proxymap"));
    }
    io::Task<void> accept() {
        while (true) {
            std::optional<io::Accepted> client = co_await listener_->accept();
            if (!client)
                co_return;
            ++clients_;
            scope_.spawn(converse(std::move(*client)));
        }
    }
    io::Task<void> converse(io::Accepted client) {
        io::Stream stream(io::descriptor_wire(std::move(client.fd)));
        try {
            co_await server_->converse(std::move(stream));
        } catch (const io::Closed&) {
        }
    }
    static io::Task<void> keep(io::Task<dict::Lookup> task, dict::Lookup& into) {
        dict::Lookup got = co_await task;
        into = std::move(got);
    }
    dict::Lookup ask(const std::string& table, std::string_view key, dict::Use use = {}) {
        dict::Lookup result;
        world_.run(keep(proxy_.ask(table, key, dict::Key::whole, use), result));
        return result;
    }

    // What comes back of a frame: "closed", or "answer".
    io::Task<void> send(uint8_t type, std::string payload, std::string& got) {
        std::optional<io::SocketAddress> address =
            io::SocketAddress::unix_path(world_.path("proxymap"));
        base::Fd fd = co_await io::connect(*address, world_.clock().now() + 10s);
        io::Stream stream(io::descriptor_wire(std::move(fd)));
        ipc::put_frame(stream, type, payload);
        std::optional<ipc::Frame> frame = co_await ipc::read_frame(stream);
        got = frame ? "answer" : "closed";
    }

    TableWorld world_{"smtputf8_enable = yes\n"};
    std::unique_ptr<dict::Tables> tables_;
    std::unique_ptr<proxymap::Server> server_;
    std::unique_ptr<io::Listener> listener_;
    io::Scope scope_;
    ipc::ProxyClient proxy_{world_.path("proxymap"), 10s};
    int clients_ = 0;
};

TEST_F(Proxymap, AnswersFromApprovedTables) {
    start();
    EXPECT_EQ(ask("inline:{a=b}", "a"), dict::Lookup::of("b"));
    EXPECT_TRUE(ask("inline:{a=b}", "x").none());
    EXPECT_EQ(ask("static:x", "anything").value, "x");
    EXPECT_TRUE(ask("unix:passwd.byname", "root").value.starts_with("root:"));
    EXPECT_EQ(clients_, 1);
}

TEST_F(Proxymap, RefusesOtherTables) {
    start();
    std::vector<std::string> lines = log_lines([&] {
        dict::Lookup refused = ask("static:y", "a");
        EXPECT_TRUE(refused.retry());
        EXPECT_EQ(refused.value, "proxymap service is not configured for table \"static:y\"");
    });
    EXPECT_EQ(lines, (std::vector<std::string>{
                         "warning: request for unapproved table: \"static:y\"",
                         "warning: to approve this table for read-only access, list proxy:static:y "
                         "in /etc/postfix/main.cf:proxy_read_maps"}));
}

// A table is used as the parameter uses it that names it.
TEST_F(Proxymap, UsesTablesAsTheyAreAskedFor) {
    world_.write("r", "/^(.)bc$/ first $1\n/./ second\n");
    approve("regexp:" + world_.path("r"));
    start();
    dict::Use plain{true, false};
    log_lines([&] {
        EXPECT_EQ(ask("regexp:" + world_.path("r"), "abc").value, "first a");
        EXPECT_EQ(ask("regexp:" + world_.path("r"), "abc", plain).value, "second");
        EXPECT_EQ(ask("inline:{a=b}", "A").value, "b");
        EXPECT_TRUE(ask("inline:{a=b}", "A", {false}).none());
        EXPECT_TRUE(ask("static:x", "\xff").none());
        EXPECT_EQ(ask("static:x", "\xff", {true, true, false}).value, "x");
    });
}

TEST_F(Proxymap, WhatIsNoQuestionEndsAConversation) {
    start();
    for (uint8_t type : {uint8_t{1}, uint8_t{9}}) {
        std::vector<std::string> lines = log_lines([&] {
            std::string got = "nothing yet";
            world_.run(send(type, "\x01", got));
            EXPECT_EQ(got, "closed");
        });
        EXPECT_EQ(lines, std::vector<std::string>{
                             "warning: a client asks no question, but something else"});
    }
    EXPECT_EQ(ask("static:x", "a").value, "x");
}

// More ask at once than a process has connections: all get their answers, each its own.
TEST_F(Proxymap, ManyQuestionsWaitForTheirTurn) {
    start();
    const std::string table = "inline:{a=b}";
    std::vector<dict::Lookup> answers(100);
    io::Scope scope;
    for (size_t i = 0; i < answers.size(); ++i)
        scope.spawn(
            keep(proxy_.ask(table, i % 2 == 0 ? "a" : "x", dict::Key::whole, {}), answers[i]));
    world_.loop().run_until_idle();
    EXPECT_EQ(scope.running(), 0u);
    for (size_t i = 0; i < answers.size(); ++i)
        EXPECT_EQ(answers[i].found(), i % 2 == 0) << i;
    EXPECT_LE(clients_, 20);
}

TEST_F(Proxymap, AChangedTableIsSeen) {
    world_.write("t", "a one\n");
    approve("texthash:" + world_.path("t"));
    start();
    EXPECT_EQ(ask("texthash:" + world_.path("t"), "a").value, "one");
    world_.replace("t", "a two\n");
    world_.clock().advance(1s);
    EXPECT_EQ(ask("texthash:" + world_.path("t"), "a").value, "two");
}

TEST_F(Proxymap, TroubleMeansRetry) {
    log_lines([&] {
        EXPECT_TRUE(ask("static:x", "a").retry());  // nobody listens
        start();
        EXPECT_TRUE(ask("hash:/no/such", "a").retry());
        EXPECT_EQ(ask("static:x", "a").value, "x");
    });
}

TEST_F(Proxymap, AnotherTakesOverUnnoticed) {
    start();
    EXPECT_EQ(ask("static:x", "a").value, "x");
    stop();
    start();
    EXPECT_EQ(ask("static:x", "a").value, "x");
    EXPECT_EQ(clients_, 2);
}

TEST_F(Proxymap, IdleConnectionsAreClosed) {
    start();
    ask("static:x", "a");
    world_.clock().advance(2s);
    world_.loop().run_until_idle();
    proxy_.tidy();
    ask("static:x", "a");
    EXPECT_EQ(clients_, 2);
}

TEST_F(Proxymap, ASilentOneIsNotWaitedForEndlessly) {
    io::Listener silent(io::listen_unix(world_.path("proxymap"), 0600, 10));
    const std::string table = "static:x";
    dict::Lookup result;
    io::Scope scope;
    scope.spawn(keep(proxy_.ask(table, "a", dict::Key::whole, {}), result));
    world_.loop().run_until_idle();
    EXPECT_EQ(scope.running(), 1u);
    world_.clock().advance(11s);
    log_lines([&] { world_.loop().run_until_idle(); });
    EXPECT_EQ(scope.running(), 0u);
    EXPECT_TRUE(result.retry());
    silent.close();
}

TEST(ProxymapOptions, AreTheApprovedTables) {
    TableWorld world(
        "proxy_read_maps = proxy:hash:/a, hash:/b $mine\nmine = proxy:inline:{a=b, {c = d}}\n"
        "proxy_write_maps = proxy:btree:/w\n");
    proxymap::Options read = proxymap::Options::from(world.settings(), "proxymap");
    EXPECT_EQ(read.approved, (std::set<std::string>{"hash:/a", "inline:{a=b, {c = d}}"}));
    EXPECT_EQ(proxymap::Options::from(world.settings(), "proxywrite").approved,
              std::set<std::string>{"btree:/w"});
}

}  // namespace
