// The prober: relays that are down are asked until they are back, by one process at a time.
#include "smtp/prober.h"

#include "tests/unit/smtp/relay_world.h"

namespace smtp_test {
namespace {

using health::State;

const Script well = {"S 220 mx", "C EHLO", "S 250 mx", "C QUIT"};

struct ProberTest : RelayWorld {
    io::Scope probers;
    smtp::Prober of_one{one.relays, dialer, sites, options};

    ProberTest() { probers.spawn(of_one.run()); }
    void TearDown() override {
        probers.cancel();
        loop.run_until_idle();
        RelayWorld::TearDown();
    }
    void pass_slowly(base::Duration time) {
        for (; time > 0s; time -= 500ms)
            pass(500ms);
    }
};

TEST_F(ProberTest, SeesThatARelayIsBackWithoutMail) {
    serve(second_key, taking("second"));
    send(one);
    EXPECT_EQ(state(first_key), State::open);
    size_t before = dials(first_key);
    pass_slowly(21s);
    EXPECT_GE(dials(first_key) - before, 3u);
    EXPECT_LE(dials(first_key) - before, 4u) << "one process probes it, every 5 to 6 s";
    serve(first_key, well);
    pass_slowly(6s);
    EXPECT_EQ(state(first_key), State::ramp);
    EXPECT_EQ(view(first_key).prober, 0);
    EXPECT_TRUE(dialer.heard.back().finished) << dialer.heard.back().wrong;
    before = dials(first_key);
    pass_slowly(30s);
    EXPECT_EQ(dials(first_key), before) << "what is well is left alone";
}

TEST_F(ProberTest, MailDoesNotProbeWhereItDoes) {
    serve(second_key, taking("second"));
    send(one);
    pass_slowly(7s);
    size_t before = dials(first_key);
    serve(second_key, taking("second"));
    send(one);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
    EXPECT_EQ(dials(first_key), before);
}

TEST_F(ProberTest, TheListIsBackWithOneOfItsRelays) {
    send(one);
    EXPECT_EQ(list_state(), State::open);
    pass_slowly(4s);
    EXPECT_NE(list_state(), State::closed);
    serve(second_key, well);
    pass_slowly(7s);
    EXPECT_EQ(list_state(), State::closed);
    EXPECT_TRUE(logged("relay-health: [192.0.2.1]:25, [192.0.2.2]:25 HALF_OPEN->CLOSED"));
    EXPECT_EQ(state(first_key) == State::closed, false);
}

TEST_F(ProberTest, AReturnAfterAnHourIsSeenAsSoon) {
    send(one);
    EXPECT_EQ(list_state(), State::open);
    pass_slowly(1h);
    serve(first_key, well);
    pass_slowly(9s);
    EXPECT_EQ(state(first_key), State::ramp);
    EXPECT_EQ(list_state(), State::closed) << "what waits for it goes";
}

TEST_F(ProberTest, ANameThatIsFoundAgainIsUsed) {
    send(one, "[gone.example]");
    EXPECT_EQ(list_state("[gone.example]"), State::open);
    names.a("gone.example", "192.0.2.1");
    pass_slowly(7s);
    EXPECT_EQ(list_state("[gone.example]"), State::closed);
}

TEST_F(ProberTest, WhatAPersonWantsProbedIsProbedAtOnce) {
    serve(first_key, taking("first"));
    send(one);
    health::Record record = *table.find(health::Scope::endpoint, first_key);
    serve(first_key, {"S 421 4.3.2 busy", "Z"});
    uint64_t wish = record.want_probe();
    pass_slowly(1s);
    EXPECT_EQ(record.probe_answered(), wish);
    EXPECT_EQ(record.probe_result(), health::Reason::banner_4xx);
    EXPECT_EQ(dials(first_key), 2u);
    pass_slowly(200s);
    serve(first_key, well);
    wish = record.want_probe();
    pass_slowly(1s);
    EXPECT_EQ(record.probe_answered(), wish) << "also when nothing else has happened";
}

TEST_F(ProberTest, AShortageOfOursIsNotTheEndOfProbing) {
    serve(second_key, taking("second"));
    send(one);
    dialer.broken = true;
    size_t before = dials(first_key);
    pass_slowly(7s);
    EXPECT_EQ(dials(first_key), before + 1);
    EXPECT_EQ(view(first_key).fails, 1u) << "nobody blames the relay";
    dialer.broken = false;
    serve(first_key, well);
    pass_slowly(7s);
    EXPECT_EQ(state(first_key), State::ramp);
}

TEST_F(ProberTest, AProcessThatDiesLeavesItToAnother) {
    send(one);
    for (const health::Record& record : table.all())
        if (record.look(loop.now()).configured)
            record.take_lease(4711, 1000s, loop.now());
    size_t before = dialer.dialled.size();
    pass_slowly(10s);
    EXPECT_EQ(dialer.dialled.size(), before);
    table.forget_process(4711);
    pass_slowly(1s);
    EXPECT_EQ(dialer.dialled.size(), before + 2);
}

}  // namespace
}  // namespace smtp_test
