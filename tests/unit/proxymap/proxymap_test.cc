#include <gtest/gtest.h>

#include "lib/base/encode.h"
#include "lib/io/listen.h"
#include "lib/io/listener.h"
#include "lib/ipc/proxymap.h"
#include "proxymap/server.h"
#include "tests/unit/lib/dict/table_world.h"

namespace {

using namespace std::chrono_literals;
using dict_test::log_lines;
using dict_test::TableWorld;

TEST(ProxymapFrames, GoThereAndBack) {
    ipc::ProxymapQuestion question{"hash:/etc/x", std::string("a\0b", 3), dict::Key::part};
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
    Proxymap() {
        proxymap::Options options;
        options.parameter = "proxy_read_maps";
        options.main_cf = "/etc/postfix/main.cf";
        options.approved = {"inline:{a=b}", "static:x", "hash:/no/such"};
        options.idle_limit = 100s;
        tables_ = std::make_unique<dict::Tables>(world_.settings(), nullptr,
                                                 dict::Tables::NameService::in_place);
        server_ = std::make_unique<proxymap::Server>(options, *tables_);
    }
    ~Proxymap() override { stop(); }

    void start() {
        listener_ =
            std::make_unique<io::Listener>(io::listen_unix(world_.path("proxymap"), 0600, 10));
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
    dict::Lookup ask(const std::string& table, std::string_view key) {
        dict::Lookup result;
        world_.run(keep(proxy_.ask(table, key, dict::Key::whole), result));
        return result;
    }

    TableWorld world_;
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
    dict::Lookup result;
    io::Scope scope;
    scope.spawn(keep(proxy_.ask("static:x", "a", dict::Key::whole), result));
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
