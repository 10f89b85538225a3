// What travels over a TLS connection that is made: whole, in full records, to a clean end.
#include "lib/tls/wire.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "tests/unit/lib/tls/world.h"

namespace {

using namespace std::chrono_literals;

// Counts what passes below TLS.
class CountingWire : public io::Wire {
  public:
    struct Counts {
        size_t reads = 0, writes = 0, bytes = 0;
    };
    CountingWire(std::unique_ptr<io::Wire> below, Counts& counts)
        : below_(std::move(below)), counts_(counts) {}
    ssize_t try_read(std::span<char> into) override {
        ++counts_.reads;
        return below_->try_read(into);
    }
    ssize_t try_write(std::string_view bytes) override {
        ++counts_.writes;
        counts_.bytes += bytes.size();
        return below_->try_write(bytes);
    }
    io::Readiness::Waiting readable(io::Instant deadline) override {
        return below_->readable(deadline);
    }
    io::Readiness::Waiting writable(io::Instant deadline) override {
        return below_->writable(deadline);
    }
    void finish_writing() override { below_->finish_writing(); }

  private:
    std::unique_ptr<io::Wire> below_;
    Counts& counts_;
};

io::Task<void> send(io::Stream& stream, std::string text) {
    stream.put(text);
    co_await stream.flush();
}

io::Task<void> receive_all(io::Stream& stream, std::string& into) {
    while (true) {
        bool more = co_await stream.fill();
        into.append(stream.buffered());
        stream.consume(stream.buffered().size());
        if (!more)
            co_return;
    }
}

struct TlsWires : trial::World {
    CountingWire::Counts counts;
    io::Scope scope;
    std::unique_ptr<io::Stream> client_end, server_end;

    void connect_ends(const std::string& lines = "") {
        server(std::string(trial::good_key) + trial::good);
        client(lines);
        auto [here, there] = io::wire_pair(capacity);
        scope.spawn(trial::dial(std::make_unique<CountingWire>(std::move(here), counts),
                                *client_context, near));
        scope.spawn(trial::answer(std::move(there), *server_context, far));
        loop.run_until_idle();
        ASSERT_TRUE(near.wire && far.wire) << near.error << far.error;
        client_end = std::make_unique<io::Stream>(std::move(near.wire));
        server_end = std::make_unique<io::Stream>(std::move(far.wire));
        counts = {};
    }
    void TearDown() override {
        scope.cancel();
        loop.run_until_idle();
        client_end.reset();
        server_end.reset();
    }
};

TEST_F(TlsWires, CarryWhateverTheWireBelowTakesAtOnce) {
    std::string text;
    for (int i = 0; i < 60'000; ++i)
        text += std::to_string(i);
    for (size_t size : {1 << 20, 1 << 16, 5'000, 400}) {
        capacity = size;
        std::string part = text.substr(0, size < 1000 ? 20'000 : text.size());
        connect_ends();
        std::string got, back;
        scope.spawn(receive_all(*server_end, got));
        scope.spawn(receive_all(*client_end, back));
        scope.spawn(send(*client_end, part));
        loop.run_until_idle();
        scope.spawn(send(*server_end, part));
        loop.run_until_idle();
        EXPECT_TRUE(got == part && back == part) << size;
        client_end.reset();
        loop.run_until_idle();
        EXPECT_TRUE(server_end->eof());
        scope.cancel();
        loop.run_until_idle();
        server_end.reset();
    }
}

TEST_F(TlsWires, FillTheirRecords) {
    capacity = 1 << 20;
    connect_ends();
    std::string got;
    scope.spawn(receive_all(*server_end, got));
    loop.run_until_idle();
    for (int i = 0; i < 100; ++i)
        client_end->put("RCPT TO:<somebody@example.com>\r\n");
    scope.spawn(send(*client_end, ""));
    loop.run_until_idle();
    EXPECT_EQ(counts.writes, 1u);
    EXPECT_LT(counts.bytes, 100u * 32 + 30);
    counts = {};
    scope.spawn(send(*client_end, std::string(65'536, 'x')));
    loop.run_until_idle();
    EXPECT_EQ(counts.writes, 4u);
    EXPECT_EQ(got.size(), 3200u + 65'536);
}

TEST_F(TlsWires, GiveAllThatCameAtOnceAndThenWait) {
    connect_ends();
    scope.spawn(send(*server_end, std::string(40'000, 'y')));
    loop.run_until_idle();
    std::array<char, 65'536> into;
    // Less than there is: the rest is there without anything more to read below.
    EXPECT_EQ(client_end->wire().try_read({into.data(), 10}), 10);
    std::string got;
    scope.spawn(receive_all(*client_end, got));
    loop.run_until_idle();
    EXPECT_EQ(got.size(), 39'990u);
    size_t before = counts.reads;
    clock.advance(60s);
    loop.run_until_idle();
    EXPECT_EQ(counts.reads, before);  // nobody asks again and again
}

TEST_F(TlsWires, SayWhenTheyEnd) {
    connect_ends();
    server_end->wire().finish_writing();
    char byte;
    EXPECT_EQ(client_end->wire().try_read({&byte, 1}), 0);
    // The other direction is still there.
    EXPECT_EQ(client_end->wire().try_write("bye"), 3);
    EXPECT_EQ(server_end->wire().try_read({&byte, 1}), 1);
}

TEST_F(TlsWires, LogWhatPassesAndNothingThatIsInIt) {
    struct Row {
        int level;
        bool steps, handshake, data;
    };
    for (const Row& row :
         {Row{0, false, false, false}, Row{1, false, false, false}, Row{2, true, false, false},
          Row{3, true, true, false}, Row{4, true, true, true}}) {
        auto logged = [] {
            base::log::flush();
            return testing::internal::GetCapturedStderr();
        };
        testing::internal::CaptureStderr();
        connect_ends(base::text("smtp_tls_loglevel = ", row.level, "\n"));
        std::string before = logged();
        testing::internal::CaptureStderr();
        std::string got;
        scope.spawn(receive_all(*server_end, got));
        scope.spawn(send(*client_end, "open sesame"));
        loop.run_until_idle();
        std::string after = logged();
        EXPECT_EQ(got, "open sesame");
        EXPECT_EQ(before.find("SSL_connect:") != before.npos, row.steps) << row.level;
        EXPECT_EQ(before.find("read from ") != before.npos, row.handshake) << before;
        EXPECT_EQ(after.find("write to ") != after.npos, row.data) << after;
        for (const char* secret : {"sesame", "736573616d65", "736573616D65", "BEGIN SSL SESSION"})
            EXPECT_EQ((before + after).find(secret), before.npos) << row.level;
        TearDown();
    }
}

// RFC 8446 section 4.6.3 sets no bound to them.
TEST_F(TlsWires, AreNotKeptBusyWithNewKeys) {
    capacity = 1 << 20;
    connect_ends();
    SSL* connection = static_cast<tls::TlsWire&>(client_end->wire()).connection();
    auto new_keys = [&](int times) {
        for (int i = 0; i < times; ++i) {
            SSL_key_update(connection, SSL_KEY_UPDATE_NOT_REQUESTED);
            SSL_do_handshake(connection);
        }
    };
    std::array<char, 65'536> into;
    new_keys(300);
    EXPECT_EQ(server_end->wire().try_read(into), -1);
    client_end->wire().try_write("x");
    EXPECT_EQ(server_end->wire().try_read(into), 1);
    // A byte after each so many is read, though not all at once.
    for (int i = 0; i < 20; ++i) {
        new_keys(1500);
        client_end->wire().try_write("x");
    }
    ssize_t first = server_end->wire().try_read(into);
    EXPECT_GT(first, 4);
    EXPECT_LT(first, 12);
    std::string got;
    scope.spawn(receive_all(*server_end, got));
    loop.run_until_idle();
    EXPECT_EQ(got.size() + static_cast<size_t>(first), 20u);
    scope.cancel();
    loop.run_until_idle();
    new_keys(5000);
    EXPECT_THROW(server_end->wire().try_read(into), io::Closed);
}

TEST_F(TlsWires, BreakOnWhatIsNoTls) {
    server(std::string(trial::good_key) + trial::good);
    client();
    auto [here, there] = io::wire_pair();
    auto [front, back] = io::wire_pair();
    scope.spawn(trial::dial(std::move(here), *client_context, near));
    scope.spawn(trial::answer(std::move(back), *server_context, far));
    // Bytes pass by hand, so that one can be changed.
    std::array<char, 65'536> bytes;
    auto pass = [&](io::Wire& from, io::Wire& to) {
        loop.run_until_idle();
        ssize_t n = from.try_read(bytes);
        if (n > 0)
            to.try_write({bytes.data(), static_cast<size_t>(n)});
        loop.run_until_idle();
    };
    for (int i = 0; i < 4; ++i) {
        pass(*there, *front);
        pass(*front, *there);
    }
    ASSERT_TRUE(near.wire && far.wire);
    far.wire->try_write("secret");
    ssize_t n = front->try_read(bytes);
    ASSERT_GT(n, 10);
    bytes[static_cast<size_t>(n) - 3] ^= 1;
    there->try_write({bytes.data(), static_cast<size_t>(n)});
    char byte;
    EXPECT_THROW(near.wire->try_read({&byte, 1}), io::Closed);
    EXPECT_THROW(near.wire->try_write("x"), io::Closed);
}

}  // namespace
