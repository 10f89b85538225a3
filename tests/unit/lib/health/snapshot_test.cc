#include "lib/health/snapshot.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "lib/base/text.h"

namespace health {
namespace {

using namespace std::chrono_literals;

const Moment before{base::Instant(500'000s), base::WallTime(1'800'000'000s)};
// After a restart of the machine: the even clock has begun anew.
const Moment after{base::Instant(100s), base::WallTime(1'800'000'060s)};
const Rules rules = [] {
    Rules made;
    made.jitter = 0;
    return made;
}();

class HealthSnapshot : public ::testing::Test {
  protected:
    HealthSnapshot() {
        Record down = table.record(
            {Scope::endpoint, "192.0.2.1:587", "[r1.example]:587/192.0.2.1", "smtp", true},
            before.now);
        for (int i = 0; i < 3; ++i)
            down.fail(Reason::auth_4xx, rules, before.now);
        down.latency(Latency::greeting, 120ms);
        table
            .record({Scope::nexthop, "smtp:[r1.example]:587, [r2.example]:587",
                     "[r1.example]:587, [r2.example]:587", "smtp", true},
                    before.now)
            .set_admin(Admin::drain, "root", "disk\tswap 100%\n", before.now + 1h, before.now);
        table
            .record({Scope::endpoint, "192.0.2.9:25", "[mx]:25/192.0.2.9", "smtp", false},
                    before.now)
            .set_admin(Admin::down, "root", "", base::never, before.now);
        text = snapshot_of(table, rules, before);
    }
    Table table{Table::create(64), 100};
    std::string text;
};

TEST_F(HealthSnapshot, SurvivesARestart) {
    Snapshot snapshot = Snapshot::parse(text, after);
    EXPECT_EQ(snapshot.written, before.wall);
    Table next(Table::create(128, snapshot.key), 200);
    snapshot.fill(next, after.now);
    ASSERT_EQ(next.all().size(), 3u);
    Record down = next.find(Scope::endpoint, "192.0.2.1:587").value();
    View view = down.look(after.now, rules);
    EXPECT_EQ(view.state, State::half_open);
    EXPECT_EQ(view.fails, 3u);
    EXPECT_EQ(view.reason, Reason::auth_4xx);
    EXPECT_TRUE(view.configured);
    EXPECT_EQ(view.pace.greeting.value, 120ms);
    EXPECT_EQ(down.names().label, "[r1.example]:587/192.0.2.1");
    EXPECT_EQ(down.names().service, "smtp");
    // It goes on with its doubling.
    EXPECT_EQ(down.fail(Reason::refused, rules, after.now)->retry_in, 8s);
    Record drained = next.find(Scope::nexthop, "smtp:[r1.example]:587, [r2.example]:587").value();
    EXPECT_EQ(drained.look(after.now, rules).admin, Admin::drain);
    EXPECT_EQ(drained.look(after.now, rules).admin_until - after.now, 1h - 60s);
    EXPECT_EQ(drained.names().text, "disk\tswap 100%\n");
    EXPECT_EQ(drained.names().who, "root");
    Record barred = next.find(Scope::endpoint, "192.0.2.9:25").value();
    EXPECT_EQ(barred.look(after.now, rules).admin_until, base::never);
    EXPECT_FALSE(barred.look(after.now, rules).configured);
    // The marks of passwords stay the same, so that a refused login stays refused.
    EXPECT_EQ(next.secret_mark("me", "secret"), table.secret_mark("me", "secret"));
}

TEST_F(HealthSnapshot, TheSameAgainIsTheSameText) {
    Snapshot snapshot = Snapshot::parse(text, before);
    Table next(Table::create(64, snapshot.key), 200);
    snapshot.fill(next, before.now);
    EXPECT_EQ(snapshot_of(next, rules, before), text);
}

TEST_F(HealthSnapshot, WhatIsDamagedIsRefused) {
    for (size_t length = 0; length < text.size(); length += 7)
        EXPECT_THROW(Snapshot::parse(text.substr(0, length), before), Damaged) << length;
    for (size_t at = 0; at < text.size(); at += 3) {
        std::string changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_THROW(Snapshot::parse(changed, before), Damaged) << at;
    }
}

TEST_F(HealthSnapshot, AFileIsReplacedWhole) {
    char folder[] = "/tmp/health-snapshot-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    std::string path = std::string(folder) + "/relay-health";
    EXPECT_EQ(read_snapshot(path), "");
    write_snapshot(path, "one");
    write_snapshot(path, text);
    EXPECT_EQ(read_snapshot(path), text);
    // Another's link in the place of the new file is not followed.
    ASSERT_EQ(::symlink("/dev/null", (path + ".new").c_str()), 0);
    write_snapshot(path, "two");
    EXPECT_EQ(read_snapshot(path), "two");
    EXPECT_THROW(write_snapshot("/nowhere/relay-health", "x"), std::exception);
    ::unlink(path.c_str());
    ::rmdir(folder);
}

}  // namespace
}  // namespace health
