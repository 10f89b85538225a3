#include "lib/config/master_cf.h"

#include <gtest/gtest.h>

#include "lib/config/error.h"
#include "lib/config/services.h"

namespace {

using config::MasterCf;
using config::ServiceEntry;
using config::ServiceType;
using namespace std::chrono_literals;

ServiceEntry one(const std::string& line) {
    MasterCf master_cf = MasterCf::parse(line, "master.cf");
    EXPECT_EQ(master_cf.entries().size(), 1u);
    return master_cf.entries().at(0);
}

TEST(MasterCf, ReadsEightFields) {
    ServiceEntry entry = one("qmgr unix n n y 300? 1 qmgr -v");
    EXPECT_EQ(entry.name, "qmgr");
    EXPECT_EQ(entry.type, ServiceType::unix_stream);
    EXPECT_FALSE(entry.is_private);
    EXPECT_FALSE(entry.unprivileged);
    EXPECT_TRUE(entry.chroot);
    EXPECT_EQ(entry.wakeup, 300s);
    EXPECT_TRUE(entry.wakeup_when_used);
    EXPECT_EQ(entry.maxproc, 1u);
    EXPECT_EQ(entry.command, "qmgr");
    EXPECT_EQ(entry.arguments, std::vector<std::string>{"-v"});
    EXPECT_EQ(entry.where, "master.cf, line 1");
    EXPECT_EQ(entry.socket_path(), "public/qmgr");
}

TEST(MasterCf, DashMeansTheDefault) {
    ServiceEntry entry = one("smtp unix - - - - - smtp");
    EXPECT_TRUE(entry.is_private);
    EXPECT_TRUE(entry.unprivileged);
    EXPECT_FALSE(entry.chroot);
    EXPECT_EQ(entry.wakeup, 0s);
    EXPECT_FALSE(entry.wakeup_when_used);
    EXPECT_EQ(entry.maxproc, std::nullopt);
    EXPECT_EQ(entry.socket_path(), "private/smtp");
    EXPECT_FALSE(one("smtp inet - - - - 0 smtpd").is_private);
}

struct Endpoint {
    const char* name;
    const char* host;
    const char* port;
};

class MasterEndpoints : public testing::TestWithParam<Endpoint> {};

TEST_P(MasterEndpoints, AreSplit) {
    ServiceEntry entry = one(std::string(GetParam().name) + " inet n - y - - smtpd");
    EXPECT_EQ(entry.host, GetParam().host);
    EXPECT_EQ(entry.port, GetParam().port);
}

INSTANTIATE_TEST_SUITE_P(Table, MasterEndpoints,
                         testing::Values(Endpoint{"smtp", "", "smtp"},
                                         Endpoint{"10025", "", "10025"},
                                         Endpoint{"127.0.0.1:10025", "127.0.0.1", "10025"},
                                         Endpoint{"localhost:smtp", "localhost", "smtp"},
                                         Endpoint{"[::1]:25", "::1", "25"},
                                         Endpoint{"[127.0.0.1]:25", "127.0.0.1", "25"},
                                         Endpoint{":2525", "", "2525"}));

TEST(MasterCf, ReadsOptions) {
    ServiceEntry entry =
        one("submission inet n - y - - smtpd -v\n"
            "  -o syslog_name=postfix/submission\n"
            "# in between\n"
            "  -o { smtpd_banner = hello  world } -osmtpd_timeout=5\n"
            "  -o empty=\n");
    config::Overrides expected = {{"syslog_name", "postfix/submission"},
                                  {"smtpd_banner", "hello  world"},
                                  {"smtpd_timeout", "5"},
                                  {"empty", ""}};
    EXPECT_EQ(entry.overrides, expected);
    EXPECT_EQ(entry.arguments, std::vector<std::string>{"-v"});
}

TEST(MasterCf, WhatFollowsTheOptionsIsTheProgramsOwn) {
    ServiceEntry entry =
        one("uucp unix - n n - - pipe -o a=b\n"
            "  flags=Fqhu argv=uux -o x {one word} ($recipient)");
    EXPECT_EQ(entry.overrides.size(), 1u);
    EXPECT_EQ(entry.arguments, (std::vector<std::string>{"flags=Fqhu", "argv=uux", "-o", "x",
                                                         "one word", "($recipient)"}));
}

TEST(MasterCf, LaterServiceOfTheSameNameAndTypeWins) {
    MasterCf master_cf = MasterCf::parse(
        "smtp inet n - n - - smtpd\nsmtp unix - - n - - smtp\nsmtp inet n - n - 5 smtpd\n",
        "master.cf");
    ASSERT_EQ(master_cf.entries().size(), 2u);
    EXPECT_EQ(master_cf.entries()[0].maxproc, 5u);
    EXPECT_EQ(master_cf.warnings(),
              std::vector<std::string>{
                  "master.cf, line 3: smtp/inet overrides the service at master.cf, line 1"});
}

struct Bad {
    const char* line;
    const char* problem;
};

class MasterBadLines : public testing::TestWithParam<Bad> {};

TEST_P(MasterBadLines, SayWhereAndWhatWasExpected) {
    try {
        MasterCf::parse(GetParam().line, "master.cf");
        FAIL() << "accepted";
    } catch (const config::Error& error) {
        EXPECT_STREQ(error.what(), GetParam().problem);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, MasterBadLines,
    testing::Values(
        Bad{"smtp inet n",
            "master.cf, line 1: expected eight fields (name type private unpriv "
            "chroot wakeup maxproc command), found no unpriv"},
        Bad{"smtp inet n - y - -",
            "master.cf, line 1: expected eight fields (name type private "
            "unpriv chroot wakeup maxproc command), found no command"},
        Bad{"\nsmtp tcp n - y - - smtpd",
            "master.cf, line 2: type: expected inet, unix, "
            "unix-dgram, fifo or pass, found \"tcp\""},
        Bad{"smtp inet y - y - - smtpd",
            "master.cf, line 1: private: expected n for a service of type inet, found \"y\""},
        Bad{"smtp inet n x y - - smtpd",
            "master.cf, line 1: unpriv: expected y, n or -, found \"x\""},
        Bad{"smtp inet n - yes - - smtpd",
            "master.cf, line 1: chroot: expected y, n or -, found \"yes\""},
        Bad{"qmgr unix n - n 5m 1 qmgr",
            "master.cf, line 1: wakeup: expected a number or -, found \"5m\""},
        Bad{"qmgr unix n - n ? 1 qmgr",
            "master.cf, line 1: wakeup: expected a number or -, found \"\""},
        Bad{"qmgr unix n - n - -1 qmgr",
            "master.cf, line 1: maxproc: expected a number or -, found \"-1\""},
        Bad{"qmgr unix n - n - 1 /usr/bin/qmgr",
            "master.cf, line 1: command: expected the name of a program in daemon_directory, found "
            "\"/usr/bin/qmgr\""},
        Bad{"../x unix n - n - 1 qmgr",
            "master.cf, line 1: name: expected a file name without '/', found \"../x\""},
        Bad{"0 inet n - n - - smtpd",
            "master.cf, line 1: name: expected port, host:port or [address]:port, found \"0\""},
        Bad{"65536 inet n - n - - smtpd",
            "master.cf, line 1: name: expected port, host:port or [address]:port, found \"65536\""},
        Bad{"127.0.0.1: inet n - n - - smtpd",
            "master.cf, line 1: name: expected port, host:port or [address]:port, found "
            "\"127.0.0.1:\""},
        Bad{"::1:25 inet n - n - - smtpd",
            "master.cf, line 1: name: expected an IPv6 address in brackets, found \"::1:25\""},
        Bad{"smtp inet n - n - - smtpd -o",
            "master.cf, line 1: expected name=value after -o, found nothing"},
        Bad{"smtp inet n - n - - smtpd -o soft_bounce",
            "master.cf, line 1: -o: expected name=value, found \"soft_bounce\""},
        Bad{"smtp inet n - n - - smtpd -o { a = b",
            "master.cf, line 1: expected '}' at the end of \"{ a = b\""},
        Bad{"smtp inet n - n - - smtpd -o { a = b }x",
            "master.cf, line 1: expected white space after '}', found \"x\""},
        Bad{"  smtp inet n - n - - smtpd",
            "master.cf, line 1: expected a setting at the start of the line, found a continuation "
            "line with nothing before it"},
        Bad{"a b c\nd e f",
            "master.cf, line 1: type: expected inet, unix, unix-dgram, fifo or pass, found \"b\"\n"
            "master.cf, line 2: type: expected inet, unix, unix-dgram, fifo or pass, found "
            "\"e\""}));

TEST(Commands, AreClassified) {
    EXPECT_EQ(config::classify_command("smtpd").built, config::Built::here);
    EXPECT_TRUE(config::classify_command("smtpd").counts_sessions);
    EXPECT_FALSE(config::classify_command("qmgr").counts_sessions);
    EXPECT_EQ(config::classify_command("local").built, config::Built::not_yet);
    EXPECT_EQ(config::classify_command("cleanup").built, config::Built::elsewhere);
    EXPECT_EQ(config::classify_command("cleanup").note, "in smtpd, pickup and bounce");
    EXPECT_EQ(config::classify_command("smptd").built, config::Built::unknown);
}

// The services of a stock master.cf, as fields; the commands must all be known.
TEST(Commands, OfAStockFileAreAllKnown) {
    MasterCf stock = MasterCf::parse(
        "smtp inet n - y - - smtpd\npickup unix n - y 60 1 pickup\ncleanup unix n - y - 0 cleanup\n"
        "qmgr unix n - n 300 1 qmgr\ntlsmgr unix - - y 1000? 1 tlsmgr\n"
        "rewrite unix - - y - - trivial-rewrite\nbounce unix - - y - 0 bounce\n"
        "defer unix - - y - 0 bounce\ntrace unix - - y - 0 bounce\nverify unix - - y - 1 verify\n"
        "flush unix n - y 1000? 0 flush\nproxymap unix - - n - - proxymap\n"
        "proxywrite unix - - n - 1 proxymap\nsmtp unix - - y - - smtp\nrelay unix - - y - - smtp\n"
        "        -o syslog_name=postfix/$service_name\nshowq unix n - y - - showq\n"
        "error unix - - y - - error\nretry unix - - y - - error\ndiscard unix - - y - - discard\n"
        "local unix - n n - - local\nvirtual unix - n n - - virtual\nlmtp unix - - y - - lmtp\n"
        "anvil unix - - y - 1 anvil\nscache unix - - y - 1 scache\n"
        "postlog unix-dgram n - n - 1 postlogd\nmaildrop unix - n n - - pipe\n"
        "  flags=DRXhu user=vmail argv=/usr/bin/maildrop -d ${recipient}\n",
        "master.cf");
    EXPECT_EQ(stock.entries().size(), 26u);
    for (const ServiceEntry& entry : stock.entries())
        EXPECT_NE(config::classify_command(entry.command).built, config::Built::unknown)
            << entry.command;
}

TEST(MasterCf, ChrootDefaultFollowsTheCompatibilityLevel) {
    const char* text = "a unix - - - - - smtp\nb unix - - n - - smtp\n";
    EXPECT_FALSE(config::MasterCf::parse(text, "master.cf").entries()[0].chroot);
    EXPECT_TRUE(config::MasterCf::parse(text, "master.cf", true).entries()[0].chroot);
    EXPECT_FALSE(config::MasterCf::parse(text, "master.cf", true).entries()[1].chroot);
}

}  // namespace
