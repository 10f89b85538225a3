// What waits, by next hop.
#include "qmgr/timetable.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace qmgr {
namespace {

using namespace std::chrono_literals;

base::WallTime at(int64_t seconds) {
    return base::WallTime(std::chrono::seconds(seconds));
}

TEST(QmgrTimetable, LetsTheOldestOfANextHopGoFirst) {
    Timetable table;
    for (int64_t i : {3, 1, 2}) {
        table.set("A" + std::to_string(i), at(1000 - i));
        table.learn("A" + std::to_string(i), at(i), {"smtp:a"});
    }
    table.set("B", at(900));
    table.learn("B", at(0), {"smtp:b"});
    EXPECT_EQ(table.waiting_for("smtp:a"), 3u);
    EXPECT_EQ(table.hops(), (Hops{"smtp:a", "smtp:b"}));
    EXPECT_FALSE(table.take_due(at(100)));
    ASSERT_EQ(table.hurry("smtp:a", at(100), 1), 1u);
    EXPECT_EQ(table.waiting_for("smtp:a"), 2u);
    EXPECT_EQ(table.take_due(at(100))->second, "A1");
    ASSERT_EQ(table.hurry("smtp:a", at(100), 1), 1u);
    ASSERT_EQ(table.hurry("smtp:a", at(100), 1), 1u);
    EXPECT_EQ(table.hurry("smtp:a", at(100), 1), 0u);
    EXPECT_EQ(table.take_due(at(100))->second, "A2");
    EXPECT_EQ(table.take_due(at(100))->second, "A3");
    EXPECT_FALSE(table.take_due(at(100)));
    EXPECT_EQ(table.hops(), Hops{"smtp:b"});
    EXPECT_EQ(table.hurry("smtp:nobody", at(100), 1), 0u);
}

TEST(QmgrTimetable, OneThatWaitsForSeveralNextHopsGoesWhenAnyOfThemIsBack) {
    Timetable table;
    table.set("M", at(1000));
    table.learn("M", at(1), {"smtp:b", "smtp:a", "smtp:b"});
    table.set("A", at(1000));
    table.learn("A", at(2), {"smtp:a"});
    EXPECT_EQ(table.waiting_for("smtp:a"), 2u);
    EXPECT_EQ(table.waiting_for("smtp:b"), 1u);
    ASSERT_EQ(table.hurry("smtp:b", at(5), 1), 1u);
    EXPECT_EQ(table.take_due(at(5))->second, "M");
    EXPECT_EQ(table.waiting_for("smtp:a"), 1u);
    EXPECT_EQ(table.hops(), Hops{"smtp:a"});
}

// Each has a group of its own, as mail to many domains has.
TEST(QmgrTimetable, LetsManyGoAtOnceOutOfManyGroups) {
    constexpr size_t messages = 20'000;
    Timetable table;
    for (size_t i = 0; i < messages; ++i) {
        std::string id = std::to_string(i);
        table.set(id, at(100'000));
        table.learn(id, at(static_cast<int64_t>(i)), {"smtp:a", "smtp:" + id});
    }
    EXPECT_EQ(table.hurry("smtp:a", at(5), 2), 2u);
    EXPECT_EQ(table.take_due(at(5))->second, "0");
    EXPECT_EQ(table.take_due(at(5))->second, "1");
    EXPECT_FALSE(table.take_due(at(5)));
    EXPECT_EQ(table.hurry("smtp:a", at(5), SIZE_MAX), messages - 2);
    EXPECT_EQ(table.hops(), Hops{});
    EXPECT_EQ(table.next(), at(5));
}

TEST(QmgrTimetable, OneThatIsTakenOutHadATime) {
    Timetable table;
    table.set("A", at(100));
    EXPECT_EQ(table.remove("A"), at(100));
    EXPECT_EQ(table.remove("A"), std::nullopt);
}

TEST(QmgrTimetable, GivesEachOfThoseUnknownOnceToBeLearned) {
    Timetable table;
    for (int64_t i : {30, 10, 20})
        table.set("U" + std::to_string(i), at(i));
    EXPECT_EQ(table.unknown(), 3u);
    EXPECT_EQ(table.take_unknown(2), (std::vector<std::string>{"U10", "U20"}));
    EXPECT_EQ(table.unknown(), 3u) << "until it is known";
    table.learn("U10", at(1), {"smtp:a"});
    EXPECT_EQ(table.unknown(), 2u);
    table.end_learning();  // nothing is to be known of U20
    EXPECT_EQ(table.unknown(), 1u);
    EXPECT_EQ(table.take_unknown(2), std::vector<std::string>{"U30"});
    table.remove("U30");
    table.end_learning();
    table.learn("U30", at(1), {"smtp:a"});  // gone meanwhile
    EXPECT_EQ(table.waiting_for("smtp:a"), 1u);
    EXPECT_EQ(table.size(), 2u);
}

TEST(QmgrTimetable, KeepsWhatIsKnownWhenATimeChanges) {
    Timetable table;
    table.set("A", at(100));
    table.learn("A", at(1), {"smtp:a"});
    table.set("A", at(50));
    EXPECT_EQ(table.waiting_for("smtp:a"), 1u);
    EXPECT_EQ(table.unknown(), 0u);
    table.advance_all(at(10));
    EXPECT_EQ(table.next(), at(10));
    EXPECT_EQ(table.waiting_for("smtp:a"), 1u);
    table.learn("A", at(1), {});
    EXPECT_EQ(table.hops(), Hops{});
    EXPECT_EQ(table.size(), 1u);
}

TEST(QmgrTimetable, FindsLongNamesByTheirBeginning) {
    Timetable table;
    for (const char* hop : {"smtp:a", "smtp:ab", "smtp:b"}) {
        table.set(hop, at(1));
        table.learn(hop, at(1), {hop});
    }
    EXPECT_EQ(table.hops_from("smtp:a"), (Hops{"smtp:a", "smtp:ab"}));
    EXPECT_EQ(table.hops_from("smtp:c"), Hops{});
}

// The same as a list that is searched from end to end.
TEST(QmgrTimetable, AgreesWithAListUnderAnyOrderOfChanges) {
    struct Row {
        std::string id;
        int64_t time;
        int64_t arrival;
        std::string hop;
    };
    std::mt19937 random(7);
    Timetable table;
    std::vector<Row> rows;
    for (int step = 0; step < 20000; ++step) {
        auto number = [&random](uint32_t below) { return static_cast<int64_t>(random() % below); };
        int64_t what = number(10);
        if (what < 5 || rows.empty()) {
            Row row{"N" + std::to_string(step), 1000 + number(1000), step,
                    "smtp:" + std::to_string(number(4))};
            table.set(row.id, at(row.time));
            table.learn(row.id, at(row.arrival), {row.hop});
            rows.push_back(row);
        } else if (what < 7) {
            size_t index = static_cast<size_t>(number(static_cast<uint32_t>(rows.size())));
            table.remove(rows[index].id);
            rows.erase(rows.begin() + static_cast<ptrdiff_t>(index));
        } else if (what < 8) {
            auto row = std::min_element(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
                return std::tie(a.time, a.arrival) < std::tie(b.time, b.arrival);
            });
            auto due = table.take_due(at(5000));
            ASSERT_TRUE(due);
            EXPECT_EQ(due->second, row->id);
            rows.erase(row);
        } else {
            std::string hop = "smtp:" + std::to_string(number(4));
            auto row = std::min_element(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
                return std::pair(a.hop != hop, a.arrival) < std::pair(b.hop != hop, b.arrival);
            });
            bool any = row->hop == hop;
            ASSERT_EQ(table.hurry(hop, at(step % 1000), 1), any ? 1u : 0u);
            if (!any)
                continue;
            EXPECT_EQ(table.take_due(at(999))->second, row->id);
            rows.erase(row);
        }
        ASSERT_EQ(table.size(), rows.size());
    }
}

}  // namespace
}  // namespace qmgr
