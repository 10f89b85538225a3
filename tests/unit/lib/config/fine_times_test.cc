// Times in milliseconds: how they are written, and for which parameters.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "lib/base/time.h"
#include "lib/config/settings.h"
#include "lib/config/values.h"

namespace {

using namespace std::chrono_literals;
using config::Settings;

Settings of(const std::string& text) {
    return Settings::from(config::MainCf::parse(text, "main.cf"), "/etc/postfix");
}

TEST(Values, MillisecondsAreATimeToo) {
    struct Row {
        const char* text;
        const char* unit;
        std::optional<int64_t> milliseconds;
    };
    const Row rows[] = {{"250ms", "s", 250},
                        {"250MS", "s", 250},
                        {"250", "ms", 250},
                        {"2", "s", 2000},
                        {"2m", "ms", 120'000},
                        {"1w", "ms", 604'800'000},
                        {"0", "s", 0},
                        {"", "s", std::nullopt},
                        {"ms", "s", std::nullopt},
                        {"1.5s", "s", std::nullopt},
                        {"-1", "ms", std::nullopt},
                        {"9223372036854775807", "s", std::nullopt},
                        {"9223372036854775807", "ms", 9223372036854775807}};
    for (const Row& row : rows)
        EXPECT_EQ(config::parse_milliseconds(row.text, row.unit), row.milliseconds) << row.text;
}

TEST(Settings, FineTimesHaveMilliseconds) {
    Settings s =
        of("failover_connect_hedge_delay = 1500ms\nfailover_address_hedge_delay = 300\n"
           "relay_failover_address_hedge_delay = 400\nrelay_failover_open_time_limit = 7\n");
    EXPECT_EQ(s.time("failover_connect_hedge_delay"), base::Duration(1500ms));
    EXPECT_EQ(s.time("failover_address_hedge_delay"), base::Duration(300ms));
    EXPECT_EQ(s.time("smtp_failover_address_hedge_delay"), base::Duration(300ms));
    EXPECT_EQ(s.time("relay_failover_address_hedge_delay"), base::Duration(400ms));
    EXPECT_EQ(s.time("relay_failover_open_time_limit"), base::Duration(7s));
    EXPECT_EQ(s.time("smtp_failover_open_time_limit"), base::Duration(8s));
    EXPECT_EQ(s.value("failover_connect_hedge_delay"), "1500ms");
}

TEST(Settings, MillisecondsAreNotForAll) {
    struct Bad {
        const char* text;
        const char* problem;
    };
    const Bad rows[] = {
        {"relay_failover_address_hedge_delay = 99ms",
         "main.cf, line 1: relay_failover_address_hedge_delay: expected a time from 100ms to 2s, "
         "in units ms, s, m, h, d or w, found \"99ms\""},
        {"smtpd_timeout = 5ms",
         "main.cf, line 1: smtpd_timeout: expected a time from 1s to 2147483647s, in units s, m, "
         "h, d or w, found \"5ms\""}};
    for (const Bad& row : rows) {
        try {
            of(row.text);
            ADD_FAILURE() << row.text;
        } catch (const config::Error& error) {
            EXPECT_STREQ(error.what(), row.problem);
        }
    }
}

}  // namespace
