#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "lib/base/text.h"
#include "lib/io/listen.h"
#include "tests/unit/lib/dict/table_world.h"

namespace {

using dict_test::TableWorld;

// Takes one connection, says `reply` to what it is asked, and closes.
class Daemon {
  public:
    Daemon(const std::string& path, std::string reply)
        : listener_(io::listen_unix(path, 0600)), reply_(std::move(reply)), thread_([this] {
              ::fcntl(listener_.get(), F_SETFL, 0);
              base::Fd client(::accept(listener_.get(), nullptr, nullptr));
              char bytes[1000];
              ssize_t got = ::read(client.get(), bytes, sizeof bytes);
              question.assign(bytes, got < 0 ? 0 : static_cast<size_t>(got));
              [[maybe_unused]] ssize_t sent = ::write(client.get(), reply_.data(), reply_.size());
          }) {}
    ~Daemon() { end(); }
    void end() {
        if (thread_.joinable())
            thread_.join();
    }
    std::string question;

  private:
    base::Fd listener_;
    std::string reply_;
    std::thread thread_;
};

io::Task<void> find(dict::Table& table, std::string key, dict::Lookup& into) {
    dict::Lookup found = co_await table.find(key, dict::Key::whole);
    into = std::move(found);
}

// A loop whose time passes, since it is to wait for another thread.
struct RealWorld {
    char folder[32] = "/tmp/posthaste-map-XXXXXX";
    io::Loop loop;
    dict::Tables tables{
        config::Settings::from(config::MainCf::parse("", "main.cf"), ::mkdtemp(folder))};
    ~RealWorld() { std::filesystem::remove_all(folder); }
    std::string path(const char* name) const { return base::text(folder, '/', name); }
};

dict::Lookup ask(dict::Table& table, const std::string& key) {
    dict::Lookup found;
    io::run_task(find(table, key, found));
    return found;
}

struct Row {
    const char* reply;
    const char* value;  // "-": none, "!": retry
    const char* why = "";
};

TEST(Socketmap, UnderstandsAnswers) {
    const Row rows[] = {
        {"11:OK value ab,", "value ab"},
        {"3:OK ,", ""},
        {"9:NOTFOUND ,", "-"},
        {"8:NOTFOUND,", "-"},
        {"13:TEMP try late,", "!", "the server says: TEMP try late"},
        {"9:TIMEOUT x,", "!", "the server says: TIMEOUT x"},
        {"6:PERM x,", "!", "the server says: PERM x"},
        {"5:HELLO,", "!", "unknown answer \"HELLO\""},
        {"11:OK value ab;", "!", "an answer that is no netstring"},
        {"x:OK a,", "!", "an answer that is no netstring"},
        {"99999999999999999999", "!", "an answer that is no netstring"},
        {"200000:OK a", "!", "an answer of 200000 bytes, more than 100000"},
        {"11:OK val", "!", "closed"},
        {"", "!", "connection closed"},
    };
    RealWorld world;
    std::string path = world.path("socket");
    dict::Table& table = world.tables.open("socketmap:unix:" + path + ":postfix");
    for (const Row& row : rows) {
        Daemon daemon(path, row.reply);
        dict::Lookup found = ask(table, "Example.com");
        daemon.end();
        EXPECT_EQ(found.found() ? found.value : found.none() ? "-" : "!", row.value) << row.reply;
        EXPECT_NE(found.value.find(row.why), std::string::npos) << found.value;
        EXPECT_EQ(daemon.question, "19:postfix Example.com,");
    }
}

TEST(Socketmap, AServerThatIsNotThereIsAskedLater) {
    RealWorld world;
    for (const std::string& place :
         {"unix:" + world.path("none") + ":x", std::string("inet:127.0.0.1:1:x"),
          std::string("inet:no.such.invalid:1:x")})
        EXPECT_TRUE(ask(world.tables.open("socketmap:" + place), "key").retry()) << place;
}

TEST(Socketmap, RefusesBadSyntax) {
    TableWorld world;
    for (const char* name : {"inet:x:y", "unix:/x", "unix::x", "inet::1:x", "tcp:h:1:x",
                             "inet:h::x", "inet:h:1:", "x"})
        EXPECT_EQ(world.fault(base::text("socketmap:", name)),
                  base::text("bad syntax: \"socketmap:", name, "\"; need ",
                             "\"socketmap:inet:host:port:name\" or \"socketmap:unix:path:name\""));
}

}  // namespace
