// Streams over wires in memory and over sockets: lines, limits, ends.
#include "lib/io/stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>

#include "lib/base/error.h"
#include "lib/io/connect.h"
#include "lib/io/listen.h"
#include "lib/io/listener.h"
#include "lib/io/run.h"

namespace {

using namespace std::chrono_literals;
using io::Stream;
using io::Task;

struct StreamTest : testing::Test {
    io::ManualClock clock;
    io::Loop loop{clock};
    io::Scope scope;
    std::string seen;

    void TearDown() override {
        scope.cancel();
        loop.run_until_idle();
    }
};

Task<void> collect_lines(Stream& stream, size_t most, std::string& seen) {
    while (true) {
        std::optional<std::string_view> line = co_await stream.line(most);
        if (!line)
            break;
        seen += "<" + std::string(*line) + ">";
    }
    seen += "end:" + std::string(stream.buffered());
}

// Takes all, and remembers where it was.
class WatchedWire : public io::Wire {
  public:
    explicit WatchedWire(std::string_view& last) : last_(last) {}
    ssize_t try_read(std::span<char>) override { return -1; }
    ssize_t try_write(std::string_view bytes) override {
        last_ = bytes;
        return static_cast<ssize_t>(bytes.size());
    }
    io::Readiness::Waiting readable(io::Instant deadline) override { return never_.wait(deadline); }
    io::Readiness::Waiting writable(io::Instant deadline) override { return never_.wait(deadline); }
    void finish_writing() override {}

  private:
    std::string_view& last_;
    io::Readiness never_{false};
};

// A core dump is not to show the logins of the last minutes.
TEST_F(StreamTest, KeepsNothingOfWhatItSent) {
    std::string_view last;
    Stream stream(std::make_unique<WatchedWire>(last));
    const std::string login = "AUTH XOAUTH2 " + std::string(12'000, 'x') + "\r\n";
    stream.put(login);
    scope.spawn(stream.flush());
    loop.run_until_idle();
    ASSERT_EQ(last.size(), login.size());
    EXPECT_EQ(last.find_first_not_of('\0'), last.npos) << last;
}

TEST_F(StreamTest, GivesLinesWhateverTheChunks) {
    const std::string text = "one\r\n\ntwo\r\nlast";
    for (size_t cut = 0; cut <= text.size(); ++cut) {
        auto [here, there] = io::wire_pair();
        Stream reader(std::move(here));
        std::string got;
        io::Scope inner;
        inner.spawn(collect_lines(reader, 100, got));
        there->try_write(text.substr(0, cut));
        loop.run_until_idle();
        there->try_write(text.substr(cut));
        loop.run_until_idle();
        there.reset();
        loop.run_until_idle();
        EXPECT_EQ(got, "<one\r\n><\n><two\r\n>end:last") << cut;
    }
}

TEST_F(StreamTest, CutsALineThatIsTooLong) {
    auto [here, there] = io::wire_pair();
    Stream reader(std::move(here));
    scope.spawn(collect_lines(reader, 4, seen));
    there->try_write("abcdefghij\nx\n");
    there.reset();
    loop.run_until_idle();
    EXPECT_EQ(seen, "<abcd><efgh><ij\n><x\n>end:");
}

Task<void> answer_lines(Stream& stream) {
    while (true) {
        std::optional<std::string_view> line = co_await stream.line(100);
        if (!line)
            co_return;
        stream.put("re:" + std::string(*line));
    }
}

TEST_F(StreamTest, SendsRepliesToPipelinedLinesTogetherBeforeItWaits) {
    auto [here, there] = io::wire_pair();
    Stream server(std::move(here));
    scope.spawn(answer_lines(server));
    there->try_write("a\nb\nc\n");
    loop.run_until_idle();
    char got[64];
    ssize_t n = there->try_read(got);
    EXPECT_EQ(std::string(got, n > 0 ? static_cast<size_t>(n) : 0), "re:a\nre:b\nre:c\n");
    there.reset();
    loop.run_until_idle();  // the session ends before its stream does
}

Task<void> expect_timeout(Stream& stream, std::string& seen) {
    try {
        co_await stream.line(100);
        seen += "line";
    } catch (const io::TimedOut&) {
        seen += "timeout";
    }
}

TEST_F(StreamTest, TimesOutByLimitAndByDeadline) {
    for (bool total : {false, true}) {
        auto [here, there] = io::wire_pair();
        Stream stream(std::move(here));
        if (total)
            stream.deadline(loop.now() + 10s);
        else
            stream.limit(10s);
        seen.clear();
        scope.spawn(expect_timeout(stream, seen));
        loop.run_until_idle();
        clock.advance(9s);
        loop.run_until_idle();
        there->try_write("slow");  // resets the limit of one wait, not the deadline
        loop.run_until_idle();
        clock.advance(9s);
        loop.run_until_idle();
        EXPECT_EQ(seen, total ? "timeout" : "");
        clock.advance(2s);
        loop.run_until_idle();
        EXPECT_EQ(seen, "timeout");
    }
}

Task<void> flush_all(Stream& stream, std::string& seen) {
    try {
        co_await stream.flush();
        seen = "sent";
    } catch (const io::Closed& error) {
        seen = error.what();
    }
}

TEST_F(StreamTest, FlushWaitsForASlowPeerAndFailsForALostOne) {
    auto [here, there] = io::wire_pair(1000);
    Stream stream(std::move(here));
    stream.put(std::string(2500, 'x'));
    scope.spawn(flush_all(stream, seen));
    char got[700];
    size_t total = 0;
    for (int i = 0; i < 10; ++i) {
        loop.run_until_idle();
        ssize_t n = there->try_read(got);
        total += n > 0 ? static_cast<size_t>(n) : 0;
    }
    EXPECT_EQ(total, 2500u);
    EXPECT_EQ(seen, "sent");
    there.reset();
    stream.put("more");
    scope.spawn(flush_all(stream, seen));
    loop.run_until_idle();
    EXPECT_EQ(seen, "Broken pipe");
}

// Over real sockets, on the real clock.

Task<void> serve_one(io::Listener& listener) {
    std::optional<io::Accepted> client = co_await listener.accept();
    Stream stream(io::descriptor_wire(std::move(client->fd)));
    try {
        co_await answer_lines(stream);
    } catch (const io::Closed&) {  // the client leaves without reading every answer
    }
}

Task<void> talk(uint16_t port, std::string& seen) {
    io::SocketAddress to = *io::SocketAddress::inet("127.0.0.1", port);
    base::Fd fd = co_await io::connect(to, io::loop().now() + 5s);
    Stream stream(io::descriptor_wire(std::move(fd)));
    stream.limit(5s);
    std::string big(300'000, 'y');
    stream.put("hello\n" + big + "\n");
    std::optional<std::string_view> first = co_await stream.line(100);
    seen = first ? std::string(*first) : "none";
    stream.wire().finish_writing();
}

Task<void> both(io::Listener& listener, uint16_t port, std::string& seen) {
    io::Scope scope;
    scope.spawn(serve_one(listener));
    co_await talk(port, seen);
    co_await scope.join();
    listener.close();
    std::optional<io::Accepted> none = co_await listener.accept();
    EXPECT_FALSE(none);
    EXPECT_TRUE(listener.closed());
}

TEST(Sockets, ConnectAcceptTalkAndClose) {
    io::Loop loop;
    base::Fd socket = io::listen_inet(*io::SocketAddress::inet("127.0.0.1", 0));
    uint16_t port = io::SocketAddress::local_of(socket.get())->port();
    io::Listener listener(std::move(socket));
    std::string seen;
    io::run_task(both(listener, port, seen));
    EXPECT_EQ(seen, "re:hello\n");
}

Task<void> refused(uint16_t port, int& error) {
    try {
        io::SocketAddress to = *io::SocketAddress::inet("127.0.0.1", port);
        base::Fd fd = co_await io::connect(to, io::loop().now() + 5s);
    } catch (const base::SystemError& e) {
        error = e.code();
    }
}

TEST(Sockets, ARefusedConnectionTellsItsErrno) {
    io::Loop loop;
    base::Fd probe = io::listen_inet(*io::SocketAddress::inet("127.0.0.1", 0));
    uint16_t port = io::SocketAddress::local_of(probe.get())->port();
    probe.reset();
    int error = 0;
    io::run_task(refused(port, error));
    EXPECT_EQ(error, ECONNREFUSED);
}

TEST(SocketAddress, ReadsAndShowsAddresses) {
    using io::SocketAddress;
    EXPECT_EQ(SocketAddress::inet("192.0.2.1", 25)->ip(), "192.0.2.1");
    EXPECT_EQ(SocketAddress::inet("2001:DB8::1", 587)->ip(), "2001:db8::1");
    EXPECT_EQ(SocketAddress::inet("::ffff:192.0.2.1", 587)->ip(), "192.0.2.1");
    EXPECT_EQ(SocketAddress::inet("::1", 587)->port(), 587);
    for (auto bad : {"", "localhost", "1.2.3", "1.2.3.4.5", "[::1]", "::1%nosuchif"})
        EXPECT_FALSE(SocketAddress::inet(bad, 1)) << bad;
    EXPECT_FALSE(SocketAddress::unix_path(std::string(200, 'a')));
}

}  // namespace
