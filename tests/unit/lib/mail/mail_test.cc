// The values of mail: status codes, replies, outcomes, dates, delays, queue IDs.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "lib/mail/date.h"
#include "lib/mail/delay.h"
#include "lib/mail/dsn.h"
#include "lib/mail/outcome.h"
#include "lib/mail/queue_id.h"
#include "lib/mail/reply.h"

namespace {

using namespace std::chrono_literals;

TEST(MailDsn, ReadsWholeCodesOnly) {
    EXPECT_EQ(mail::Dsn::parse("4.4.1"), (mail::Dsn{4, 4, 1}));
    EXPECT_EQ(mail::Dsn::parse("5.123.456"), (mail::Dsn{5, 123, 456}));
    for (auto bad : {"", "4", "4.4", "4.4.", "3.0.0", "1.2.3", "5.1234.1", "5.1.1234", "5.1.1 ",
                     "5.-1.1", "5..1", "5.1.x"})
        EXPECT_FALSE(mail::Dsn::parse(bad)) << bad;
    EXPECT_EQ(mail::Dsn::at_start_of("5.1.1 unknown user"), (mail::Dsn{5, 1, 1}));
    EXPECT_FALSE(mail::Dsn::at_start_of("5.1.1x user"));
    EXPECT_EQ((mail::Dsn{2, 0, 0}.text()), "2.0.0");
}

TEST(MailReply, QuotesAndWritesLines) {
    auto one = mail::Reply::make(250, "2.1.0 Ok");
    EXPECT_EQ(one.wire(), "250 2.1.0 Ok\r\n");
    EXPECT_EQ(one.one_line(), "250 2.1.0 Ok");
    EXPECT_EQ(one.dsn, (mail::Dsn{2, 1, 0}));
    EXPECT_TRUE(one.ok());
    mail::Reply two{550, std::nullopt, {"no", "never"}};
    EXPECT_EQ(two.one_line(), "550-no 550 never");
    EXPECT_EQ(two.wire(), "550-no\r\n550 never\r\n");
    EXPECT_EQ(two.dsn_or_default(), (mail::Dsn{5, 0, 0}));
    EXPECT_TRUE(two.permanent());
}

TEST(MailQueueId, RefusesWhatIsNoFileName) {
    EXPECT_TRUE(mail::QueueId::valid("3F2A11B2C4"));
    EXPECT_TRUE(mail::QueueId::valid("4W2xkF1mZyz9f"));
    for (auto bad : {"", ".", "a/b", "a b", "../x", "a\n"})
        EXPECT_FALSE(mail::QueueId::valid(bad)) << bad;
    EXPECT_FALSE(mail::QueueId::valid(std::string(101, 'A')));
    EXPECT_THROW(mail::QueueId("a/b"), std::invalid_argument);
}

TEST(MailDelay, HasTwoDigitsThatMeanSomething) {
    struct Row {
        base::Duration delay;
        const char* text;
    };
    for (const auto& row : std::initializer_list<Row>{{0us, "0"},
                                                      {-5s, "0"},
                                                      {4ms, "0"},
                                                      {5ms, "0.01"},
                                                      {10ms, "0.01"},
                                                      {100ms, "0.1"},
                                                      {123ms, "0.12"},
                                                      {996ms, "1"},
                                                      {1s, "1"},
                                                      {1230ms, "1.2"},
                                                      {9960ms, "10"},
                                                      {12300ms, "12"},
                                                      {354600ms, "355"}})
        EXPECT_EQ(mail::delay_text(row.delay), row.text);
}

TEST(MailDate, IsInTheLocalZone) {
    setenv("TZ", "CET-1", 1);
    tzset();
    EXPECT_EQ(mail::rfc5322_date(base::WallTime(1'700'000'000s)),
              "Tue, 14 Nov 2023 23:13:20 +0100 (CET)");
    EXPECT_EQ(mail::rfc5322_date(base::WallTime(1'699'000'000s)),
              "Fri,  3 Nov 2023 09:26:40 +0100 (CET)");
    unsetenv("TZ");
    tzset();
}

TEST(MailOutcome, SurvivesEncoding) {
    mail::Outcome outcome{7, mail::Status::bounced, {5, 1, 1}, "no", "r[1.2.3.4]:25", "r", "550 x"};
    outcome.retry_in = base::Duration(10);
    outcome.ask_first = "1.2.3.4:25";
    base::Encoder out;
    outcome.encode(out);
    base::Decoder in(out.view());
    auto back = mail::Outcome::decode(in);
    EXPECT_EQ(back.recipient, 7u);
    EXPECT_EQ(back.status, mail::Status::bounced);
    EXPECT_EQ(back.dsn, (mail::Dsn{5, 1, 1}));
    EXPECT_EQ(back.reason + back.relay + back.remote_mta + back.diagnostic,
              "nor[1.2.3.4]:25r550 x");
    EXPECT_EQ(back.retry_in, base::Duration(10));
    EXPECT_EQ(back.ask_first, "1.2.3.4:25");
    EXPECT_TRUE(in.empty());
}

}  // namespace
