// Time limits of the SMTP server, on a clock wound by hand.
#include <gtest/gtest.h>

#include "tests/unit/smtpd/dialogue.h"

namespace {

using namespace std::chrono_literals;

struct SmtpdTime : testing::Test {
    SmtpdTime() {
        base::log::Options log;
        log.postlog_socket = "/nonexistent/socket";
        base::log::open(log);
        options.myhostname = "mx";
        options.banner = "mx";
        options.message_size_limit = 10000;
        spool_options.queue_directory = "/q";
        spool_options.segment_size = 256 << 10;
        spool_options.pool_min = 0;
    }

    // Lets the time go by and says what the server sent meanwhile.
    std::string after(base::Duration time, std::string_view send = "") {
        client->try_write(send);
        loop.run_until_idle();
        clock.advance(time);
        loop.run_until_idle();
        char got[1000];
        ssize_t n = client->try_read(got);
        return std::string(got, n > 0 ? static_cast<size_t>(n) : 0);
    }

    io::ManualClock clock;
    io::Loop loop{clock};
    spool_test::MemoryDisk disk;
    spool::Options spool_options;
    smtpd::Options options;
    io::Event hurry;
    io::Scope scope;
    std::unique_ptr<io::Wire> client;
};

const std::string timeout = "421 4.4.2 mx Error: timeout exceeded\r\n";

struct SmtpdTimeSession : SmtpdTime {
    SmtpdTimeSession() {
        auto wires = io::wire_pair();
        client = std::move(wires.second);
        scope.spawn(smtpd::converse(shared, std::move(wires.first), policy.client("127.0.0.1", 1)));
    }
    ~SmtpdTimeSession() override {
        scope.cancel();
        loop.run_until_idle();
        base::log::Options aloud;
        aloud.only_stderr = true;
        base::log::open(aloud);
    }
    smtpd_test::Judgement judged{"mynetworks = 127.0.0.1\nlocal_recipient_maps =\n",
                                 smtpd_test::anywhere};
    smtpd::Policy& policy = judged.policy;
    spool::Writer writer{spool_options, disk};
    cleanup::Mappings mappings{rewrite::Options()};
    smtpd::Shared shared{options, policy, mappings, writer, [] {}, hurry};
};

TEST_F(SmtpdTimeSession, EndsASilentClient) {
    EXPECT_EQ(after(299s), "220 mx\r\n");
    EXPECT_EQ(after(2s), timeout);
    after(3s);
    EXPECT_EQ(scope.running(), 0u);
}

TEST_F(SmtpdTimeSession, GivesACommandSoMuchTimeInAll) {
    EXPECT_EQ(after(200s), "220 mx\r\n");
    EXPECT_EQ(after(50s, "NO"), "");
    EXPECT_EQ(after(10s, "OP\r\n"), "250 2.0.0 Ok\r\n");
    EXPECT_EQ(after(200s, "N"), "");
    EXPECT_EQ(after(89s, "O"), "");
    EXPECT_EQ(after(12s, "O"), timeout);
}

TEST_F(SmtpdTimeSession, GivesContentTimeByItsSize) {
    after(0s);
    after(0s, "HELO x\r\n");
    for (auto line : {"MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n", "DATA\r\n"})
        after(0s, line);
    std::string kilobytes(5000, 'x');
    EXPECT_EQ(after(295s, kilobytes), "");
    EXPECT_EQ(after(10s, "x"), "");
    EXPECT_EQ(after(10s, "x"), timeout);
}

TEST_F(SmtpdTimeSession, SlowsDownAfterErrors) {
    after(0s);
    for (int i = 0; i < 9; ++i)
        EXPECT_TRUE(after(0s, "FOO\r\n").starts_with("500"));
    EXPECT_EQ(after(0s, "FOO\r\n"), "");
    EXPECT_TRUE(after(1s).starts_with("500"));
}

TEST_F(SmtpdTimeSession, CancelledSessionsEnd) {
    after(0s);
    scope.cancel();
    loop.run_until_idle();
    EXPECT_EQ(scope.running(), 0u);
}

}  // namespace
