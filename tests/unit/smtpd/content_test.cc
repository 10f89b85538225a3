// Content that comes by DATA and BDAT: its end, its limits, clients that stop, disks that fail.
#include <atomic>
#include <cerrno>
#include <iterator>
#include <random>

#include "tests/unit/smtpd/dialogue.h"

namespace {

using namespace smtpd_test;
using std::string_literals::operator""s;

struct SmtpdContent : Dialogue {};

Steps message(const Steps& content) {
    Steps steps = {{"MAIL FROM:<a@b>\r\n", ok_mail}, {"RCPT TO:<c@d>\r\n", ok_rcpt}};
    steps.insert(steps.end(), content.begin(), content.end());
    return steps;
}

const std::string smuggled =
    "MAIL FROM:<smuggler@x>\r\nRCPT TO:<victim@y>\r\nDATA\r\nSubject: z\r\n\r\nz\r\n.\r\n";

TEST_F(SmtpdContent, NothingButCrlfDotCrlfEndsAMessage) {
    const std::string forms[] = {
        "\n.\n",         "\n.\r",     "\r.\n",       "\r.\r",        "\n.\r\n",      "\r.\r\n",
        "\r\n\0.\r\n"s,  "\r\n.\n",   "\r\n.\r",     "\r\n.\0\r\n"s, "\r\r\n.\n",    "\r\n.\r\r\n",
        "\r\r\n.\r\r\n", "\n\n.\n\n", "\r\n.\n\r\n", "\r\n. \r\n",   "\r\n \r\n.\n", "\r\n..\r\n"};
    for (auto choice : {smtpd::BareLf::accept, smtpd::BareLf::note}) {
        options.bare_lf = choice;
        for (const auto& form : forms)
            talk(message({{"DATA\r\n", go_ahead},
                          {"Subject: x\r\n\r\nx" + form + smuggled, queued},
                          {"QUIT\r\n", bye}}));
    }
    for (const auto& found : stored()) {
        EXPECT_EQ(found.envelope.sender, "a@b");
        EXPECT_TRUE(found.content.ends_with("Subject: z\r\n\r\nz\r\n"));
        for (size_t at = 0; (at = found.content.find_first_of("\r\n", at)) != std::string::npos;
             at += 2)
            EXPECT_EQ(found.content.substr(at, 2), "\r\n");
    }
    EXPECT_NE(logged().find("notes=bare_lf"), std::string::npos);
}

TEST_F(SmtpdContent, RefusesBareLfWhereThatIsSaid) {
    options.bare_lf = smtpd::BareLf::reject;
    const std::string refusal = "550 5.5.2 mx.example.com Error: bare <LF> received\r\n";
    talk(message({{"DATA\r\n", go_ahead}, {"Subject: x\n\r\n.\r\nQUIT\r\n", refusal}}));
    talk(message({{"BDAT 2 LAST\r\nx\n", refusal}}));
    talk({{"NOOP\n", refusal}});
    EXPECT_NE(logged().find("bare <LF> received after DATA"), std::string::npos);
    main_cf += "smtpd_forbid_bare_newline_exclusions = 127.0.0.1\n";
    talk({{"NOOP\n", "250 2.0.0 Ok\r\n"}});
    EXPECT_TRUE(stored().empty());
}

TEST_F(SmtpdContent, TakesChunks) {
    talk(message({{"BDAT 12\r\nSubject: x\r\n", "250 2.0.0 Ok: 12 bytes\r\n"},
                  {"BDAT 7\r\n\r\n.\r\n.y", "250 2.0.0 Ok: 7 bytes\r\n"},
                  {"MAIL FROM:<a@b>\r\n", "503 5.5.1 Error: MAIL after BDAT\r\n"},
                  {"RCPT TO:<a@b>\r\n", "503 5.5.1 Error: RCPT after BDAT\r\n"},
                  {"DATA\r\n", "503 5.5.1 Error: DATA after BDAT\r\n"},
                  {"BDAT 0 LAST\r\n", "250 2.0.0 Ok: 19 bytes queued as *\r\n"},
                  {"MAIL FROM:<e@f>\r\nRCPT TO:<g@h>\r\nBDAT 3 last\r\nz\r\nQUIT\r\n",
                   ok_mail + ok_rcpt + "250 2.0.0 Ok: 3 bytes queued as *\r\n" + bye}}));
    auto found = stored();
    ASSERT_EQ(found.size(), 2u);
    EXPECT_TRUE(found[0].content.ends_with("\r\n\r\n.\r\n.y\r\n")) << found[0].content;
}

TEST_F(SmtpdContent, RefusesWrongChunks) {
    talk({{"BDAT 4 LAST\r\nQUITNOOP\r\n", "503 5.5.1 Error: need RCPT command\r\n250 2.0.0 Ok\r\n"},
          {"MAIL FROM:<a@b>\r\n", ok_mail},
          {"BDAT 1 LAST\r\nx", "554 5.5.1 Error: no valid recipients\r\n"}});
    talk(message({{"BDAT 5000\r\n" + std::string(5000, 'x'), "250 2.0.0 Ok: 5000 bytes\r\n"},
                  {"BDAT 5001\r\n" + std::string(5001, 'x'),
                   "552 5.3.4 Chunk exceeds message size limit\r\n"},
                  {"BDAT 3 LAST\r\nabc", "551 5.0.0 Discarded 3 bytes after earlier error\r\n"},
                  {"RCPT TO:<a@b>\r\n", "503 5.5.1 Error: need MAIL command\r\n"}}));
    for (auto bad : {"BDAT", "BDAT x", "BDAT -1", "BDAT 1 FIRST", "BDAT 1 LAST x",
                     "BDAT 99999999999999999999", "BDAT 9223372036854775807"})
        talk(message({{bad + "\r\n"s, "521 5.5.4 Syntax: BDAT count [LAST]\r\n"}}));
    talk(message({{"BDAT 0\r\n", "551 5.7.1 Null BDAT request\r\n"}}));
    EXPECT_TRUE(stored().empty());
}

TEST_F(SmtpdContent, RefusesWhatIsTooBigOrLoops) {
    std::string hops;
    for (int i = 0; i < 49; ++i)
        hops += "Received: x\r\n";
    talk(message(
        {{"DATA\r\n", go_ahead},
         {std::string(12000, 'x') + "\r\n.\r\n", "552 5.3.4 Error: message file too big\r\n"},
         {"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", ok_mail + ok_rcpt + go_ahead},
         {hops + "\r\n.\r\n", "554 5.4.0 Error: too many hops\r\n"},
         {"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", ok_mail + ok_rcpt + go_ahead},
         {"\r\n.\r\n", queued}}));
    EXPECT_EQ(stored().size(), 1u);
    EXPECT_NE(logged().find(": reject: END-OF-MESSAGE from unknown[127.0.0.1]: 552 5.3.4 Error: "
                            "message file too big; from=<a@b> proto=ESMTP helo=<client.example>"),
              std::string::npos);
}

TEST_F(SmtpdContent, SaysSoWhenTheDiskIsFull) {
    spool_options.min_free = 1 << 20;
    disk.set_free_bytes(1000);
    talk({{"MAIL FROM:<a@b>\r\n", "452 4.3.1 Insufficient system storage\r\n"},
          {"NOOP\r\n", "250 2.0.0 Ok\r\n"}});
    EXPECT_TRUE(stored().empty());
}

TEST_F(SmtpdContent, GoesOnWhenTheDiskFailedOnce) {
    std::atomic<bool> broken = false;
    talk(message({{"DATA\r\n", go_ahead}, {"\r\n.\r\n", queued}}));
    broken = true;
    disk.on_change([&](uint64_t, spool_test::Call call) {
        return call == spool_test::Call::flush && broken.exchange(false) ? EIO : 0;
    });
    talk(message({{"DATA\r\n", go_ahead},
                  {"\r\n.\r\n", "451 4.3.0 Error: queue file write error\r\n"},
                  {"MAIL FROM:<e@f>\r\nRCPT TO:<c@d>\r\nDATA\r\n", ok_mail + ok_rcpt + go_ahead},
                  {"\r\n.\r\n", queued}}));
    auto found = stored();
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[1].envelope.sender, "e@f");
    EXPECT_EQ(rung, 2u);
}

// A client that stops at any byte leaves a whole message or none.
TEST_F(SmtpdContent, ClientsMayStopAnywhere) {
    const Steps steps = {
        {"", greeting},
        {"EHLO x\r\n", capabilities},
        {"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", ok_mail + ok_rcpt + go_ahead},
        {"A: b\r\n\r\nx\r\n.\r\n", queued},
        {"MAIL FROM:<e@f>\r\nRCPT TO:<g@h>\r\nBDAT 6\r\nC: d\r\n",
         ok_mail + ok_rcpt + "250 2.0.0 Ok: 6 bytes\r\n"},
        {"BDAT 3 LAST\r\ny\r\n", "250 2.0.0 Ok: 9 bytes queued as *\r\n"},
        {"QUIT\r\n", bye}};
    std::string all;
    size_t first_end = 0, second_end = 0;
    for (const auto& step : steps) {
        all += step.send;
        first_end = step.send.starts_with("A:") ? all.size() : first_end;
        second_end = step.send.starts_with("BDAT 3") ? all.size() : second_end;
    }
    size_t first = 0, second = 0;
    for (size_t cut = 0; cut <= all.size(); ++cut) {
        break_off(steps, cut);
        first += cut >= first_end;
        second += cut >= second_end;
    }
    for (const auto& found : stored()) {
        bool data = found.envelope.sender == "a@b";
        EXPECT_TRUE(found.content.ends_with(data ? "\r\n\r\nx\r\n" : "\r\n\r\ny\r\n"));
        --(data ? first : second);
    }
    EXPECT_EQ(first, 0u);
    EXPECT_EQ(second, 0u);
    auto log = logged();
    EXPECT_NE(log.find("NOQUEUE: lost connection after CONNECT from unknown[127.0.0.1]"), log.npos);
    EXPECT_NE(log.find(": lost connection after DATA (11 bytes) from unknown[127.0.0.1]"),
              log.npos);
}

// Whatever a client sends, the session ends and nothing but whole messages is stored.
TEST_F(SmtpdContent, NoInputBreaksASession) {
    const std::string pieces[] = {"EHLO x\r\n",
                                  "HELO x\r\n",
                                  "MAIL FROM:<a@b>\r\n",
                                  "RCPT TO:<c@d>\r\n",
                                  "DATA\r\n",
                                  "BDAT 5\r\n",
                                  "BDAT 3 LAST\r\n",
                                  "A: b\r\n",
                                  ".\r\n",
                                  "\r\n.\r\n",
                                  "RSET\r\n",
                                  "NOOP\r\n",
                                  "\n",
                                  "\r",
                                  "\0"s,
                                  "VRFY x\r\n",
                                  "MAIL FROM:<a@b> SIZE=5 BODY=8BITMIME\r\n",
                                  "RCPT TO:<@x:y>\r\n",
                                  std::string(3000, 'x'),
                                  "BDAT 99999999999999999999\r\n"};
    options.hard_error_limit = 50;
    options.forbid_unauth_pipelining = false;
    std::mt19937 random(20260102);
    for (int round = 0; round < 1500; ++round) {
        std::string input;
        for (auto left = random() % 25; left > 0; --left)
            input += pieces[random() % std::size(pieces)];
        break_off({{"", greeting}, {input, ""}}, input.size());
    }
    auto messages = stored();
    EXPECT_GT(messages.size(), 20u);
    for (const auto& found : messages) {
        EXPECT_FALSE(found.envelope.recipients.empty());
        EXPECT_TRUE(found.content.ends_with("\r\n"));
    }
}

}  // namespace
