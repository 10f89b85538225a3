// Next hops that come back, with a clock by hand.
#include "qmgr/returns.h"

#include <gtest/gtest.h>

#include "lib/base/text.h"

namespace qmgr {
namespace {

using namespace std::chrono_literals;

const std::string hop = "smtp:[a], [b]";

class QmgrReturns : public testing::Test {
  protected:
    QmgrReturns() { make(); }

    void make() { returns_ = std::make_unique<Returns>(&table_, timetable_, events()); }
    Returns::Events events() {
        Returns::Events events;
        events.resume = [this](const std::string& each) { resumed_ += each + "\n"; };
        events.has_room = [this](const std::string&) { return room_; };
        events.rate = [this](const std::string&) { return rate_; };
        return events;
    }
    health::Record record(const std::string& key) {
        health::Subject subject;
        subject.scope = health::Scope::nexthop;
        subject.key = subject.label = key;
        subject.configured = true;
        return table_.record(subject, now_);
    }
    void break_down(const std::string& key = hop) {
        record(key).fail(health::Reason::all_relays_down, {}, now_);
        look();
    }
    void mend(const std::string& key = hop) { record(key).succeed({}, now_); }
    void wait(size_t messages, const std::string& key = hop) {
        for (size_t i = 0; i < messages; ++i) {
            std::string id = base::text("M", ++last_);
            timetable_.set(id, wall_ + 24h);
            timetable_.learn(id, wall_, {key});
        }
    }
    void look() { returns_->look(now_, wall_); }
    void pass(base::Duration time) {
        now_ += time;
        wall_ += time;
    }
    // Looks and releases every tenth of a second, as qmgr does.
    size_t go(base::Duration time) {
        size_t released = 0;
        for (base::Duration done{0}; done < time; done += 100ms) {
            pass(100ms);
            look();
            released += returns_->release(now_, wall_);
        }
        return released;
    }
    size_t due() {
        size_t count = 0;
        while (timetable_.take_due(wall_))
            ++count;
        return count;
    }

    health::Table table_{health::Table::create(64)};
    Timetable timetable_;
    std::unique_ptr<Returns> returns_;
    base::Instant now_{10000s};
    base::WallTime wall_{1'800'000'000s};
    std::string resumed_;
    bool room_ = true;
    double rate_ = 100;
    size_t last_ = 0;
};

TEST_F(QmgrReturns, MailGoesWhenItsNextHopIsBackAtTheRate) {
    break_down();
    wait(300);
    wait(5, "smtp:other");
    EXPECT_EQ(go(2s), 0u);
    pass(1h);
    EXPECT_EQ(go(1s), 0u) << "nobody has seen it work";
    EXPECT_EQ(resumed_, "");
    mend();
    size_t first = go(1s);
    EXPECT_EQ(resumed_, hop + "\n");
    EXPECT_NEAR(static_cast<double>(first), 100, 25);
    EXPECT_EQ(due(), first);
    EXPECT_EQ(first + go(4s), 300u);
    EXPECT_FALSE(returns_->busy());
    EXPECT_EQ(timetable_.waiting_for("smtp:other"), 5u);
}

TEST_F(QmgrReturns, ItStopsWhenTheNextHopIsDownAgain) {
    break_down();
    wait(300);
    mend();
    size_t first = go(1s);
    break_down();
    EXPECT_FALSE(returns_->busy());
    EXPECT_EQ(go(2s), 0u);
    EXPECT_EQ(timetable_.waiting_for(hop), 300 - first);
    pass(10s);
    mend();
    EXPECT_EQ(first + go(5s), 300u);
}

TEST_F(QmgrReturns, NoMoreGoesThanTheDestinationTakes) {
    break_down();
    wait(50);
    mend();
    room_ = false;
    EXPECT_EQ(go(5s), 0u);
    EXPECT_TRUE(returns_->busy());
    room_ = true;
    EXPECT_LE(go(100ms), 60u) << "what was not used is not saved up";
    go(2s);
    EXPECT_EQ(timetable_.waiting_for(hop), 0u);
}

TEST_F(QmgrReturns, ARateOfNoneIsNoLimit) {
    break_down();
    wait(1200);
    mend();
    rate_ = 0;
    EXPECT_EQ(go(400ms), 1200u);
}

TEST_F(QmgrReturns, WhatIsNotKnownYetMayBeForIt) {
    break_down();
    timetable_.set("U", wall_ + 300s);
    mend();
    EXPECT_EQ(go(1s), 0u);
    EXPECT_TRUE(returns_->busy());
    timetable_.learn("U", wall_, {hop});
    EXPECT_EQ(go(300ms), 1u);
    EXPECT_FALSE(returns_->busy());
}

TEST_F(QmgrReturns, OneThatCameBackWhileNobodyLookedIsSeenAtOnce) {
    record(hop).fail(health::Reason::all_relays_down, {}, now_);
    record("smtp:old").fail(health::Reason::all_relays_down, {}, now_);
    pass(10s);
    mend("smtp:old");
    pass(1h);
    mend();
    record("smtp:fresh");
    wait(1);
    wait(1, "smtp:old");
    wait(1, "smtp:fresh");
    make();
    look();
    EXPECT_EQ(resumed_, hop + "\n");
    EXPECT_EQ(go(500ms), 1u);
}

TEST_F(QmgrReturns, AnAdministratorsWordCounts) {
    record(hop).set_admin(health::Admin::drain, "me", "upgrade", base::never, now_);
    look();
    wait(2);
    EXPECT_EQ(go(1s), 0u);
    record(hop).set_admin(health::Admin::none, "me", "", base::never, now_);
    EXPECT_EQ(go(1s), 2u);
    break_down();
    wait(2);
    record(hop).set_admin(health::Admin::up, "me", "", base::never, now_);
    EXPECT_EQ(go(1s), 2u);
    break_down();
}

TEST_F(QmgrReturns, KnowsWhatWasUnderWayWhenItCameBack) {
    base::WallTime before = wall_;
    break_down();
    pass(5s);
    EXPECT_FALSE(returns_->came_back_since({hop}, before));
    mend();
    look();
    EXPECT_TRUE(returns_->came_back_since({"smtp:x", hop}, before));
    EXPECT_FALSE(returns_->came_back_since({hop}, wall_));
    EXPECT_FALSE(returns_->came_back_since({"smtp:x"}, before));
    pass(1s);
    break_down();
    EXPECT_FALSE(returns_->came_back_since({hop}, before)) << "it is gone again";
}

// The return was seen between the end of an attempt and the entry in the timetable.
TEST_F(QmgrReturns, MailThatBeginsToWaitWhenItsNextHopHasJustComeBackGoes) {
    break_down();
    base::WallTime put_off = wall_;
    pass(1s);
    mend();
    look();
    wait(3);
    EXPECT_EQ(go(1s), 0u);
    returns_->joined({"smtp:x", hop}, put_off, now_);
    EXPECT_EQ(go(1s), 3u);
    wait(1);
    returns_->joined({hop}, wall_, now_);
    EXPECT_EQ(go(1s), 0u) << "it failed while the next hop was up";
}

TEST_F(QmgrReturns, AClockThatIsSetBackMakesNothingOfTheFuture) {
    break_down();
    mend();
    look();
    wall_ -= 1h;
    EXPECT_TRUE(returns_->came_back_since({hop}, wall_));
    now_ += 6s;
    look();
    EXPECT_FALSE(returns_->came_back_since({hop}, wall_)) << "every failure would be tried at once";
}

// The table keeps the beginning of a name.
TEST_F(QmgrReturns, ALongListIsFound) {
    std::string list = "smtp:";
    for (int i = 0; list.size() < 2000; ++i)
        base::append(list, "[relay", i, ".example]:587, ");
    break_down(list);
    wait(3, list);
    mend(list);
    EXPECT_EQ(go(1s), 3u);
    EXPECT_EQ(resumed_, list + "\n");
}

TEST(QmgrReturnsAlone, WithoutATableNothingComesBackByItself) {
    Timetable timetable;
    Returns returns(nullptr, timetable, {});
    returns.look(base::Instant(1s), base::WallTime(1s));
    EXPECT_FALSE(returns.busy());
    EXPECT_FALSE(returns.watches());
    EXPECT_EQ(returns.release(base::Instant(2s), base::WallTime(2s)), 0u);
}

}  // namespace
}  // namespace qmgr
