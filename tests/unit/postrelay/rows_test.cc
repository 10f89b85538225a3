#include "postrelay/rows.h"

#include <gtest/gtest.h>

#include "lib/health/table.h"
#include "postrelay/known.h"

namespace postrelay {
namespace {

using namespace std::chrono_literals;
using health::Scope;

const health::Moment at{base::Instant(5000s), base::WallTime(1'800'000'000s)};
const health::Rules rules = [] {
    health::Rules made;
    made.jitter = 0;
    return made;
}();

TEST(PostrelayNames, MeanWhatPeopleWrite) {
    const health::Names endpoint{"192.0.2.1:587%192.0.2.9", "[r1.example]:587/192.0.2.1", "smtp",
                                 "", ""};
    const health::Names six{"[2001:db8::1]:25", "[r6.example]:25/2001:db8::1", "smtp", "", ""};
    const health::Names login{"192.0.2.1:587/me/12ab", "[r1.example]:587/192.0.2.1 as me", "smtp",
                              "", ""};
    const health::Names policy{"192.0.2.1:587/tls:12", "[r1.example]:587/192.0.2.1 under TLS, may",
                               "smtp", "", ""};
    const health::Names waiting{"smtp:[r1.example]:587, r2|me", "[r1.example]:587, r2 as me",
                                "smtp", "", ""};
    const health::Names waits{"smtp:[r1.example]:587|me", "[r1.example]:587 as me", "smtp", "", ""};
    const health::Names element{"smtp:[r1.example]:587", "[r1.example]:587", "smtp", "", ""};
    const health::Names list{"smtp:[r1.example]:587, r2", "[r1.example]:587, r2", "smtp", "", ""};
    struct Case {
        const char* name;
        const health::Names& record;
        Scope scope;
        bool meant;
    };
    const Case cases[] = {
        {"[r1.example]:587", endpoint, Scope::endpoint, true},
        {"r1.example:587", endpoint, Scope::endpoint, true},
        {"R1.Example", endpoint, Scope::endpoint, true},
        {"r1.example:25", endpoint, Scope::endpoint, false},
        {"192.0.2.1", endpoint, Scope::endpoint, true},
        {"192.0.2.1:587", endpoint, Scope::endpoint, true},
        {"[192.0.2.1]:587", endpoint, Scope::endpoint, true},
        {"192.0.2.1:25", endpoint, Scope::endpoint, false},
        {"192.0.2.11", endpoint, Scope::endpoint, false},
        {"[r1.example]:587/192.0.2.1", endpoint, Scope::endpoint, true},
        {"example", endpoint, Scope::endpoint, false},
        {"2001:db8::1", six, Scope::endpoint, true},
        {"[2001:db8::1]:25", six, Scope::endpoint, true},
        {"[ipv6:2001:db8::1]:25", six, Scope::endpoint, true},
        {"r1.example", login, Scope::identity, true},
        {"192.0.2.1:587", login, Scope::identity, true},
        {"[r1.example]:587/192.0.2.1", login, Scope::identity, true},
        {"192.0.2.1:587", policy, Scope::identity, true},
        {"[r1.example]:587/192.0.2.1", policy, Scope::identity, true},
        {"[r1.example]:587/192.0.2.11", policy, Scope::identity, false},
        {"[r1.example]:587", waits, Scope::nexthop, true},
        {"r1.example", waits, Scope::nexthop, true},
        {"[r1.example]:587, r2", waits, Scope::nexthop, false},
        {"[r1.example]:587, r2", waiting, Scope::nexthop, true},
        {"smtp:[r1.example]:587, r2", waiting, Scope::nexthop, true},
        {"[r1.example]:587", waiting, Scope::nexthop, false},
        {"r1.example", element, Scope::nexthop, true},
        {"[r1.example]:587", element, Scope::nexthop, true},
        {"r2", element, Scope::nexthop, false},
        {"[r1.example]:587", list, Scope::nexthop, false},
        {"[r1.example]:587, r2", list, Scope::nexthop, true},
    };
    for (const Case& each : cases)
        EXPECT_EQ(means(each.name, each.scope, each.record), each.meant)
            << each.name << " " << each.record.label;
}

TEST(PostrelayRows, AreATableAndObjects) {
    health::Table table(health::Table::create(64), 100);
    health::Record down =
        table.record({Scope::endpoint, "192.0.2.1:587", "[r1.example]:587/192.0.2.1", "smtp", true},
                     at.now - 60s);
    down.fail(health::Reason::connect_timeout, rules, at.now - 1s);
    health::Record next = table.record(
        {Scope::nexthop, "smtp:[r2.example]", "[r2.example]", "smtp", true}, at.now - 7200s);
    next.set_admin(health::Admin::drain, "root", "disk \x1b[1m swap", at.now + 600s, at.now);
    EXPECT_EQ(
        table_of({down, next}, rules, at),
        "RELAY                       STATE  SINCE  FAILS  REASON           NEXT       LATENCY "
        " SESSIONS\n"
        "[r1.example]:587/192.0.2.1  OPEN   1s     1      connect_timeout  in 4s      -       "
        " 0\n"
        "NEXT HOP                    STATE  SINCE  FAILS  REASON           NEXT       LATENCY "
        " SESSIONS\n"
        "smtp:[r2.example]           DRAIN  0s     0      -                until 10m  -       "
        " 0\n"
        "    by root: disk ?[1m swap\n");
    EXPECT_EQ(json_of(down, rules, at).line(),
              R"({"scope":"endpoint","label":"[r1.example]:587/192.0.2.1","key":"192.0.2.1:587",)"
              R"("service":"smtp","configured":true,"state":"OPEN","suspect":false,)"
              R"("since":1799999999,"next_in":4.0,"fails":1,"score":1.977,"step":0,)"
              R"("reason":"connect_timeout","in_flight":0})"
              "\n");
    std::string drained = json_of(next, rules, at).line();
    EXPECT_NE(
        drained.find(R"("admin":"DRAIN","admin_by":"root","admin_text":"disk \u001b[1m swap",)"
                     R"("admin_until":1800000600)"),
        std::string::npos)
        << drained;
}

TEST(PostrelayRows, StatesAreNamedForPeople) {
    health::View view;
    EXPECT_EQ(state_of(view), "CLOSED");
    view.score = 1;
    EXPECT_EQ(state_of(view), "suspect");
    view.state = health::State::ramp;
    EXPECT_EQ(state_of(view), "RAMP");
    view.admin = health::Admin::up;
    EXPECT_EQ(state_of(view), "UP");
}

}  // namespace
}  // namespace postrelay
