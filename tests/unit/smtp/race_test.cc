// Races for a place that is ready to talk: who is tried when, who wins, what is said of the others.
#include "tests/unit/smtp/racecourse.h"

namespace smtp_test {
namespace {

struct Row {
    const char* what;
    Servers servers;
    std::string trace;
};

void check(const Row& row) {
    Racecourse course(row.servers);
    EXPECT_EQ(course.run(), row.trace) << row.what;
    EXPECT_LE(course.dialer.open, 1u) << row.what << ": only the winner's connection is left";
    EXPECT_LE(course.dialer.most, 4u) << row.what;
}

TEST(RaceTest, AcrossTheRelaysOfAList) {
    const Row rows[] = {
        {"healthy", {{"a"}, {"b", 1}}, "0 dial a, 0 a wins"},
        {"SYNs dropped",
         {{"a", 0, dead}, {"b", 1}},
         "0 dial a, 1000 dial b, 1000 a lost lost_race, 1000 b wins"},
        {"silent",
         {{"a", 0, 0s, dead}, {"b", 1}},
         "0 dial a, 5000 dial b, 5000 a lost lost_race, 5000 b wins"},
        {"silent behind a slow connection",
         {{"a", 0, 900ms, dead}, {"b", 1}},
         "0 dial a, 5900 dial b, 5900 a lost lost_race, 5900 b wins"},
        {"refused",
         {{"a", 0, 0s, 0s, "", ECONNREFUSED}, {"b", 1}},
         "0 dial a, 0 a failed refused, 0 dial b, 0 b wins"},
        {"unreachable",
         {{"a", 0, 3s, 0s, "", EHOSTUNREACH}, {"b", 1, 4s}},
         "0 dial a, 1000 dial b, 3000 a failed unreachable, 5000 b wins"},
        {"greets 421",
         {{"a", 0, 0s, 0s, "421 busy"}, {"b", 1}},
         "0 dial a, 0 a failed banner_4xx, 0 dial b, 0 b wins"},
        {"greets 554",
         {{"a", 0, 0s, 0s, "554 no"}, {"b", 1}},
         "0 dial a, 0 a failed banner_5xx, 0 dial b, 0 b wins"},
        {"greets slowly", {{"a", 0, 0s, 3s}, {"b", 1}}, "0 dial a, 3000 a wins"},
        {"greets later than another may start",
         {{"a", 0, 0s, 5500ms}, {"b", 1, 0s, 1s}},
         "0 dial a, 5000 dial b, 5500 b withdrawn, 5500 a wins"},
        {"is overtaken",
         {{"a", 0, 0s, 7s}, {"b", 1, 0s, 1500ms}},
         "0 dial a, 5000 dial b, 6500 a lost lost_race, 6500 b wins"},
        {"a dead heat goes to the first",
         {{"a", 0, 0s, 6s}, {"b", 1, 0s, 1s}},
         "0 dial a, 5000 dial b, 6000 b withdrawn, 6000 a wins"},
        {"the second fails, the first comes",
         {{"a", 0, 4s}, {"b", 1, 0s, 0s, "421 busy"}},
         "0 dial a, 1000 dial b, 1000 b failed banner_4xx, 4000 a wins"},
        {"the first fails while the second is slow",
         {{"a", 0, 2s, 0s, "", ECONNREFUSED}, {"b", 1, 2500ms}},
         "0 dial a, 1000 dial b, 2000 a failed refused, 3500 b wins"},
        {"the third is tried, the first gives way",
         {{"a", 0, dead}, {"b", 1, dead}, {"c", 2}},
         "0 dial a, 1000 dial b, 2000 a lost lost_race, 2000 dial c, 2000 b lost lost_race, "
         "2000 c wins"},
        {"the third is tried at once when the second fails late",
         {{"a", 0, dead}, {"b", 1, 500ms, 0s, "", ECONNREFUSED}, {"c", 2, 10ms}},
         "0 dial a, 1000 dial b, 1500 b failed refused, 1500 dial c, 1510 a lost lost_race, "
         "1510 c wins"},
        {"the last two have all their time",
         {{"a", 0, dead}, {"b", 1, 25s}, {"c", 2, dead}},
         "0 dial a, 1000 dial b, 2000 a lost lost_race, 2000 dial c, 26000 c withdrawn, "
         "26000 b wins"},
        {"all are dead",
         {{"a", 0, dead}, {"b", 1, dead}},
         "0 dial a, 1000 dial b, 30000 a failed connect_timeout, 31000 b failed connect_timeout, "
         "31000 nobody wins"},
        {"none", {}, "0 nobody wins"},
    };
    for (const Row& row : rows)
        check(row);
}

TEST(RaceTest, AmongTheAddressesOfAHost) {
    const Row rows[] = {
        {"the first has no connection",
         {{"a6", 0, dead, 0s, "220 hi", 0, "a"}, {"a4", 0, 0s, 0s, "220 hi", 0, "a"}, {"b", 1}},
         "0 dial a6, 250 dial a4, 250 a6 lost lost_race, 250 a4 wins"},
        {"the first is refused",
         {{"a6", 0, 0s, 0s, "", ECONNREFUSED, "a"}, {"a4", 0, 0s, 0s, "220 hi", 0, "a"}},
         "0 dial a6, 0 a6 failed refused, 0 dial a4, 0 a4 wins"},
        {"the first is there before the second, which nothing is said of",
         {{"a6", 0, 300ms, 50ms, "220 hi", 0, "a"}, {"a4", 0, 100ms, 0s, "220 hi", 0, "a"}},
         "0 dial a6, 250 dial a4, 300 a4 withdrawn, 350 a6 wins"},
        {"it is the connection that decides, not the greeting",
         {{"a6", 0, 400ms, 0s, "220 hi", 0, "a"}, {"a4", 0, 100ms, 2s, "220 hi", 0, "a"}},
         "0 dial a6, 250 dial a4, 350 a6 lost lost_race, 2350 a4 wins"},
        {"both are there in the same moment",
         {{"a6", 0, 350ms, 10ms, "220 hi", 0, "a"}, {"a4", 0, 100ms, 10ms, "220 hi", 0, "a"}},
         "0 dial a6, 250 dial a4, 350 a4 withdrawn, 360 a6 wins"},
        {"a withdrawn one is tried when the other's greeting is bad",
         {{"a6", 0, 300ms, 50ms, "421 busy", 0, "a"}, {"a4", 0, 100ms, 0s, "220 hi", 0, "a"}},
         "0 dial a6, 250 dial a4, 300 a4 withdrawn, 350 a6 failed banner_4xx, 350 dial a4, "
         "450 a4 wins"},
        {"two at a time",
         {{"a1", 0, 2s, 0s, "", ECONNREFUSED, "a", "", false},
          {"a2", 0, dead, 0s, "220 hi", 0, "a", "", false},
          {"a3", 0, 10ms, 0s, "220 hi", 0, "a", "", false}},
         "0 dial a1, 250 dial a2, 2000 a1 failed refused, 2000 dial a3, 2010 a2 lost lost_race, "
         "2010 a3 wins"},
        {"another relay runs beside two addresses",
         {{"a6", 0, dead, 0s, "", 0, "a"}, {"a4", 0, dead, 0s, "", 0, "a"}, {"b", 1}},
         "0 dial a6, 250 dial a4, 1000 dial b, 1000 a4 lost lost_race, 1000 a6 lost lost_race, "
         "1000 b wins"},
        {"the hosts of one relay are no addresses of one host",
         {{"m1", 0, 31s, 0s, "", 0, "m1", "", false}, {"m2", 0, 0s, 0s, "220 hi", 0, "m2"}},
         "0 dial m1, 30000 m1 failed connect_timeout, 30000 dial m2, 30000 m2 wins"},
    };
    for (const Row& row : rows)
        check(row);
}

TEST(RaceTest, WithoutHedgingOneComesAfterAnother) {
    const Row rows[] = {
        {"SYNs dropped",
         {{"a", 0, dead, 0s, "", 0, "", "", false}, {"b", 1}},
         "0 dial a, 30000 a failed connect_timeout, 30000 dial b, 30000 b wins"},
        {"silent",
         {{"a", 0, 0s, dead, "", 0, "", "", false}, {"b", 1}},
         "0 dial a, 300000 a failed banner_timeout, 300000 dial b, 300000 b wins"},
        {"nor the other way round: who may not be hedged beside one that may",
         {{"a", 0, dead}, {"b", 1, dead, 0s, "", 0, "", "", false}, {"c", 2}},
         "0 dial a, 1000 dial b, 30000 a failed connect_timeout, 31000 b failed connect_timeout, "
         "31000 dial c, 31000 c wins"},
    };
    for (const Row& row : rows)
        check(row);
}

TEST(RaceTest, PaceOfNothing) {
    Racecourse course({{"a6", 0, dead, 0s, "", 0, "a"}, {"a4", 0, dead, 0s, "", 0, "a"}, {"b", 1}});
    course.pace = {};
    EXPECT_EQ(course.run(),
              "0 dial a6, 30000 a6 failed connect_timeout, 30000 dial a4, "
              "60000 a4 failed connect_timeout, 60000 dial b, 60000 b wins");
    EXPECT_EQ(course.dialer.most, 1u);
}

TEST(RaceTest, PaceByTheSettings) {
    smtp::FailoverSettings settings;
    EXPECT_EQ(smtp::Pace::of(settings).address, 250ms);
    EXPECT_EQ(smtp::Pace::of(settings).connect, 1s);
    EXPECT_EQ(smtp::Pace::of(settings).banner, 5s);
    settings.connect_hedge_delay = settings.banner_hedge_delay = 0s;
    EXPECT_EQ(smtp::Pace::of(settings).address, 250ms);
    EXPECT_EQ(smtp::Pace::of(settings).connect, std::nullopt);
    EXPECT_EQ(smtp::Pace::of(settings).banner, std::nullopt);
    settings.health = false;
    EXPECT_EQ(smtp::Pace::of(settings).address, std::nullopt);
}

TEST(RaceTest, OurOwnTroubleEndsIt) {
    const Row rows[] = {
        {"no descriptors",
         {{"a", 0, 0s, 0s, "", EMFILE}, {"b", 1}},
         "0 dial a, 0 a failed local_trouble, 0 nobody wins"},
        {"while another runs",
         {{"a", 0, dead}, {"b", 1, 0s, 0s, "", EADDRNOTAVAIL}},
         "0 dial a, 1000 dial b, 1000 b failed local_trouble, 1000 a withdrawn, 1000 nobody wins"},
        {"but no address of one family leaves the other",
         {{"a6", 0, 0s, 0s, "", EADDRNOTAVAIL, "a", "2001:db8::1"}, {"a4", 0}},
         "0 dial a6, 0 a6 failed local_trouble, 0 dial a4, 0 a4 wins"},
    };
    for (const Row& row : rows)
        check(row);
}

TEST(RaceTest, WhileTheNextOneIsLookedUp) {
    const Row rows[] = {
        {"the first goes on",
         {{"a", 0, 1500ms}, {"b", 1, 0s, 0s, "", 0, "", "", true, 10s}},
         "0 dial a, 1500 a wins"},
        {"what was found waits until the first is slow again",
         {{"a", 0, 1500ms, 6s}, {"b", 1, 0s, 4s, "220 hi", 0, "", "", true, 2s}},
         "0 dial a, 6500 dial b, 7500 b withdrawn, 7500 a wins"},
        {"or is not needed",
         {{"a", 0, 1500ms, 4s}, {"b", 1, 0s, 4s, "220 hi", 0, "", "", true, 2s}},
         "0 dial a, 5500 b withdrawn, 5500 a wins"},
        {"or at once, when the first fails meanwhile",
         {{"a", 0, 1500ms, 0s, "", ECONNREFUSED}, {"b", 1, 0s, 0s, "220 hi", 0, "", "", true, 2s}},
         "0 dial a, 1500 a failed refused, 3000 dial b, 3000 b wins"},
    };
    for (const Row& row : rows)
        check(row);
}

TEST(RaceTest, AnOpenSessionIsThere) {
    const Row rows[] = {
        {"at the first", {{"a", 0, 0s, 0s, "", 0, "", "", true, 0s, true}}, "0 a wins, kept"},
        {"at the second",
         {{"a", 0, dead}, {"b", 1, 0s, 0s, "", 0, "", "", true, 0s, true}},
         "0 dial a, 1000 a lost lost_race, 1000 b wins, kept"},
    };
    for (const Row& row : rows)
        check(row);
}

TEST(RaceTest, LimitsOfEach) {
    Racecourse slow({{"a", 0, dead}, {"b", 1, 0s, dead}, {"c", 2, 2900ms, 4900ms}});
    slow.candidates.connect = 3s;
    slow.candidates.greeting = 5s;
    slow.pace = {};
    EXPECT_EQ(slow.run(),
              "0 dial a, 3000 a failed connect_timeout, 3000 dial b, 8000 b failed banner_timeout, "
              "8000 dial c, 15800 c wins");
    EXPECT_EQ(slow.candidates.reasons,
              (std::vector<std::string>{"connect to a[192.0.2.1]:0: Connection timed out",
                                        "conversation with b[192.0.2.1] timed out while receiving "
                                        "the initial server greeting"}));
    Racecourse all({{"a", 0, dead}, {"b", 1, 0s, dead}});
    all.candidates.until = all.now() + 10s;
    EXPECT_EQ(all.run(),
              "0 dial a, 1000 dial b, 10000 a failed connect_timeout, 10000 b failed "
              "banner_timeout, 10000 nobody wins");
}

TEST(RaceTest, CancelledInTheMiddle) {
    const Servers servers = {{"a6", 0, dead, 0s, "", 0, "a"},
                             {"a4", 0, 100ms, dead, "", 0, "a"},
                             {"b", 1, 0s, dead},
                             {"c", 2, 0s, 0s, "220 hi", 0, "", "", true, 10s}};
    const base::Duration moments[] = {0s, 250ms, 300ms, 400ms, 5350ms, 6s, 10400ms, 12s};
    for (base::Duration moment : moments) {
        Racecourse course(servers);
        std::string before = course.run(moment);
        EXPECT_EQ(before.find("wins"), std::string::npos) << before;
        course.cancel();
        EXPECT_EQ(course.dialer.open, 0u) << before << " and then " << course.trace();
        EXPECT_EQ(course.trace().find("failed"), std::string::npos) << course.trace();
    }
}

}  // namespace
}  // namespace smtp_test
