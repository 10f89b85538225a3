// Which relay a message is offered to, by what all processes know of the relays.
#include "tests/unit/smtp/relay_world.h"

namespace smtp_test {
namespace {

using health::Admin;
using health::Scope;
using health::State;

struct ChoiceTest : RelayWorld {
    using Key = dns_test::FakeResolver::Key;
    void administer(const std::string& key, Admin admin) {
        health::Subject subject{Scope::endpoint, key, "[" + key + "]", "smtp", true};
        table.record(subject, loop.now()).set_admin(admin, "root", "", base::never, loop.now());
    }
    // Mail waits until the relay at `key` may be seen to again.
    void wait_out(const std::string& key) { pass(view(key).until - loop.now()); }
};

TEST_F(ChoiceTest, ADeadRelayIsPassedOverByEveryProcess) {
    for (int i = 0; i < 3; ++i)
        serve(second_key, taking("second"));
    send(one);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
    EXPECT_EQ(state(first_key), State::open);
    EXPECT_TRUE(
        logged("relay-health: [192.0.2.1]:25/192.0.2.1 CLOSED->OPEN reason=refused "
               "fails=1 retry_in="));
    EXPECT_TRUE(
        logged("Q1: relay-attempt: [192.0.2.1]:25/192.0.2.1 by=address result=refused after=0.0s"));
    send(two);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
    EXPECT_EQ(dials(first_key), 1u);
    EXPECT_EQ(dials(second_key), 2u);
}

TEST_F(ChoiceTest, OneMessageAtATimeSeesWhetherItIsBack) {
    serve(second_key, taking("second"));
    send(one);
    wait_out(first_key);
    serve(first_key, {"E"});
    serve(second_key, taking("second"));
    serve(second_key, taking("second"));
    send(one);
    EXPECT_EQ(dials(first_key), 2u);
    pass(1s);
    send(two);
    EXPECT_EQ(dials(first_key), 2u) << "another one has the lease";
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
    pass(4s);
    EXPECT_EQ(reports.size(), 3u) << "nor does the message that probes wait for long";
}

TEST_F(ChoiceTest, ARelayThatIsBackGetsItsMailBack) {
    options.idle_limit = 100s;
    serve(second_key, taking("second"));
    send(one);
    EXPECT_EQ(one.idle.size(), 1u);
    wait_out(first_key);
    for (int i = 0; i < 2; ++i)
        serve(first_key, taking("first"));
    send(one);
    EXPECT_EQ(last(), "sent 2.0.0 250 first") << "rather than over the connection at hand";
    EXPECT_TRUE(logged("HALF_OPEN->RAMP")) << log;
    EXPECT_EQ(state(first_key), State::ramp);
    serve(second_key, taking("second"));
    send(two);
    EXPECT_EQ(last(), "sent 2.0.0 250 second") << "one connection to begin with";
}

TEST_F(ChoiceTest, TheConnectionToThePeerIsUsedMeanwhile) {
    options.idle_limit = 100s;
    Script twice = taking("second");
    twice.pop_back();
    twice.insert(twice.end(), {"C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "C DATA", "S 354 ok",
                               "D", "S 250 again", "Z"});
    serve(second_key, twice);
    send(one);
    send(one);
    EXPECT_EQ(last(), "sent 2.0.0 250 again");
}

TEST_F(ChoiceTest, AConnectionToARelayThatIsDownIsNotUsed) {
    options.idle_limit = 100s;
    serve(first_key, taking("first"));
    serve(second_key, taking("second"));
    send(one);
    EXPECT_EQ(last(), "sent 2.0.0 250 first");
    EXPECT_EQ(one.idle.size(), 1u);
    health::Subject subject{Scope::endpoint, first_key, "[192.0.2.1]:25/192.0.2.1", "smtp", true};
    table.record(subject, loop.now()).fail(health::Reason::refused, {}, loop.now());
    send(one);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
}

TEST_F(ChoiceTest, WhenAllAreDownOneMessageASecondTries) {
    send(one);
    EXPECT_EQ(last(), "deferred 4.4.1 connect to 192.0.2.2[192.0.2.2]:25: Connection refused");
    EXPECT_EQ(reports.back().trouble_for, 1s);
    EXPECT_NE(reports.back().destination_trouble, "");
    EXPECT_EQ(list_state(), State::open);
    for (Worker* each : {&one, &two}) {
        send(*each);
        EXPECT_EQ(last(), "deferred 4.4.1 all relays unavailable, next probe in 1s");
        EXPECT_EQ(reports.back().trouble_for, 1s);
    }
    EXPECT_EQ(dialer.dialled.size(), 2u);
    pass(1s);
    serve(second_key, taking("second"));
    send(two);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
    EXPECT_EQ(list_state(), State::closed);
    EXPECT_EQ(reports.back().trouble_for, 0s);
}

TEST_F(ChoiceTest, OfAStrangersHostsThePauseIsItsQueuesMatter) {
    names.mx("x.example", 10, "a.example");
    names.a("a.example", "192.0.2.1");
    for (int i = 0; i < 3; ++i)
        send(one, request({"r@x.example"}, "x.example"));
    EXPECT_EQ(last(), "deferred 4.4.1 all relays unavailable, next probe in 1s");
    EXPECT_NE(reports.back().destination_trouble, "");
    EXPECT_EQ(reports.back().trouble_for, 0s);
}

TEST_F(ChoiceTest, TheAdministratorsWordCounts) {
    serve(second_key, taking("second"));
    administer(first_key, Admin::drain);
    send(one);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
    EXPECT_EQ(dials(first_key), 0u);
    administer(second_key, Admin::down);
    send(one);
    EXPECT_EQ(last(), "deferred 4.4.1 all relays unavailable, next probe in 1s");
    EXPECT_EQ(dialer.dialled.size(), 1u) << "not even a connection at hand is used";
}

TEST_F(ChoiceTest, WithoutFailoverNothingIsLearned) {
    change().health = false;
    for (int i = 0; i < 3; ++i)
        send(one);
    EXPECT_EQ(last(), "deferred 4.4.1 connect to 192.0.2.2[192.0.2.2]:25: Connection refused");
    EXPECT_EQ(dialer.dialled.size(), 6u);
    EXPECT_TRUE(table.all().empty());
    EXPECT_FALSE(logged("relay-"));
}

TEST_F(ChoiceTest, OurOwnShortageIsNobodysFault) {
    dialer.error = EMFILE;
    send(one);
    EXPECT_TRUE(last().starts_with("deferred 4.4.1 connect to")) << last();
    EXPECT_EQ(state(first_key), State::closed);
    EXPECT_EQ(reports.back().destination_trouble, "");
}

TEST_F(ChoiceTest, ANameThatIsNotFoundIsPassedOverForAWhile) {
    names.a("good.example", "192.0.2.2");
    const std::string list = "[gone.example]:25, [good.example]:25";
    for (int i = 0; i < 2; ++i)
        serve(second_key, taking("second"));
    for (int i = 0; i < 2; ++i) {
        send(i == 0 ? one : two, list);
        EXPECT_EQ(last(), "sent 2.0.0 250 second");
    }
    EXPECT_EQ(std::ranges::count(names.asked, Key("gone.example", dns::Type::a)), 1)
        << "the second did not ask";
    EXPECT_EQ(view("smtp:[gone.example]:25", Scope::nexthop).reason,
              health::Reason::name_not_found);
}

TEST_F(ChoiceTest, ANameInTroubleIsLookedUpAgainThoughAPeerIsConnected) {
    options.idle_limit = 100s;
    names.a("good.example", "192.0.2.2")
        .state("odd.example", dns::Type::a, dns::Answer::State::retry);
    const std::string list = "[odd.example]:25, [good.example]:25";
    serve(second_key, taking("second"));
    send(one, list);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
    names.answers.erase(Key("odd.example", dns::Type::a));
    names.a("odd.example", "192.0.2.1");
    serve(first_key, taking("first"));
    send(one, list);
    EXPECT_EQ(last(), "sent 2.0.0 250 first");
}

TEST_F(ChoiceTest, ANameAloneThatIsNotFoundReturnsNoMail) {
    send(one, "[gone.example]");
    EXPECT_TRUE(last().starts_with("deferred 4.4.3 Host or domain name not found")) << last();
    EXPECT_EQ(list_state("[gone.example]"), State::open);
    EXPECT_EQ(reports.back().trouble_for, 1s);
}

TEST_F(ChoiceTest, ACrowdedRelayIsNotBlamed) {
    serve(first_key, {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "Z"});
    send(one);
    serve(first_key, {"S 421 4.7.0 too many connections", "Z"});
    serve(second_key, taking("second"));
    smtp::IdleSessions kept(options);
    smtp::Lane beside(smtp::Workshop{options, queue, dialer, kept, sites, one.relays},
                      [this](std::unique_ptr<smtp::Job> job) { reports.push_back(job->report()); });
    ipc::DeliveryRequest made = request({"r@x.example"}, both);
    beside.add(std::make_unique<smtp::Job>(std::move(made), options, queue));
    lanes.spawn(beside.run());
    loop.run_until_idle();
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
    EXPECT_EQ(view(first_key).score, 0);
    EXPECT_EQ(view(first_key).window, 1u);
    EXPECT_TRUE(logged("result=crowded"));
    lanes.cancel();
    loop.run_until_idle();
    lanes.spawn(kept.run());
    loop.run_until_idle();
    lanes.cancel();
    loop.run_until_idle();
}

TEST_F(ChoiceTest, TheUnknownFateIsFirstAskedOfTheSameRelay) {
    Script cut = taking("");
    cut.resize(10);
    serve(second_key, cut);
    send(one);
    EXPECT_TRUE(last().starts_with("deferred 4.4.2 lost connection")) << last();
    EXPECT_EQ(reports.back().outcomes[0].retry_in, 10s);
    std::string first = reports.back().outcomes[0].ask_first;
    EXPECT_EQ(first, "192.0.2.2[192.0.2.2]:25");
    for (int i = 0; i < 2; ++i)
        serve(i == 0 ? second_key : first_key, taking(i == 0 ? "second" : "first"));
    pass(10s);
    ipc::DeliveryRequest again = request({"r@x.example"}, both);
    again.ask_first = first;
    send(two, again);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
}

TEST_F(ChoiceTest, WhoseFateIsUnknownTwiceIsAskedNoThirdTime) {
    for (std::string key : {first_key, second_key}) {
        Script cut = taking(key == second_key ? "second" : "");
        if (key == first_key)
            cut.resize(10);
        serve(key, cut);
    }
    ipc::DeliveryRequest again = request({"r@x.example"}, both);
    again.ask_first = "192.0.2.1[192.0.2.1]:25";
    send(one, again);
    EXPECT_EQ(dials(first_key), 1u);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
}

TEST_F(ChoiceTest, OrThenOfTheNextOne) {
    change().after_dot = smtp::AfterDot::next;
    Script cut = taking("");
    cut.resize(10);
    serve(first_key, cut);
    serve(second_key, taking("second"));
    send(one);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
}

TEST_F(ChoiceTest, WhatIsToBeAskedFirstIsNotWhenItIsDown) {
    for (int i = 0; i < 2; ++i)
        serve(second_key, taking("second"));
    send(one);
    ipc::DeliveryRequest again = request({"r@x.example"}, both);
    again.ask_first = "192.0.2.1[192.0.2.1]:25";
    send(two, again);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
    EXPECT_EQ(dials(first_key), 1u);
}

}  // namespace
}  // namespace smtp_test
