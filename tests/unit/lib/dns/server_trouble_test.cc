// NameServers against servers that are dead, wrong, lame, forged or old.
#include "tests/unit/lib/dns/name_servers_fixture.h"

namespace {

using namespace dns_test;

using DnsServerTrouble = DnsNameServers;

TEST_F(DnsServerTrouble, ServersAreTriedInTurn) {
    LoopbackServer dead(silent), alive(good);
    NameServers servers(options({&dead, &alive}));
    start(servers, "a.example");
    EXPECT_EQ(wait(), 5);
    EXPECT_EQ(answers.at(0).state, State::found);
    // The dead one now comes last.
    EXPECT_EQ(now(servers, "b.example").state, State::found);
    EXPECT_EQ(dead.asked.size(), 1u);
    clock.advance(31s);
    start(servers, "c.example");
    EXPECT_EQ(dead.asked.size(), 2u);
    EXPECT_EQ(wait(), 5);
}

TEST_F(DnsServerTrouble, SilenceIsRetryAfterAllAttempts) {
    LoopbackServer dead(silent);
    dns::Options made = options({&dead});
    made.attempts = 3;
    made.attempt_limit = 2s;
    NameServers servers(made);
    start(servers, "a.example", Type::mx);
    EXPECT_EQ(wait(), 6);
    EXPECT_EQ(answers.at(0).state, State::retry);
    EXPECT_EQ(answers.at(0).reason,
              "Host or domain name not found. Name service error for name=a.example type=MX: Host "
              "not found, try again");
    ASSERT_EQ(dead.asked.size(), 3u);
    EXPECT_TRUE(dead.asked[0].edns && dead.asked[1].edns);
    EXPECT_FALSE(dead.asked[2].edns);
}

TEST_F(DnsServerTrouble, AServerThatIsNotThereIsPassedOverAtOnce) {
    auto gone = std::make_unique<LoopbackServer>(good);
    LoopbackServer alive(good);
    dns::Options made = options({gone.get(), &alive});
    gone.reset();
    NameServers servers(made);
    EXPECT_EQ(now(servers, "a.example").state, State::found);
    made.servers.pop_back();
    NameServers nobody(made);
    EXPECT_EQ(now(nobody, "a.example").state, State::retry);
}

TEST_F(DnsServerTrouble, TroubleOfAServerIsRetry) {
    for (unsigned code : {2u, 4u, 5u}) {
        LoopbackServer troubled([code](const Asked& asked) { return says(asked, code); });
        LoopbackServer alive(good);
        NameServers alone(options({&troubled}));
        EXPECT_EQ(now(alone, "a.example").state, State::retry) << code;
        NameServers both(options({&troubled, &alive}));
        EXPECT_EQ(now(both, "a.example").state, State::found) << code;
    }
}

TEST_F(DnsServerTrouble, AFailureIsNotAskedForAgainWithinASecond) {
    LoopbackServer troubled([](const Asked& asked) { return says(asked, 2); });
    NameServers servers(options({&troubled}));
    now(servers, "a.example");
    size_t asked = troubled.asked.size();
    now(servers, "a.example");
    EXPECT_EQ(troubled.asked.size(), asked);
    clock.advance(1s);
    now(servers, "a.example");
    EXPECT_EQ(troubled.asked.size(), 2 * asked);
}

TEST_F(DnsServerTrouble, OddCodesAreFatalWhenAllServersAgree) {
    LoopbackServer odd([](const Asked& asked) { return says(asked, 1); });
    LoopbackServer troubled([](const Asked& asked) { return says(asked, 2); });
    NameServers alone(options({&odd}));
    EXPECT_EQ(now(alone, "a.example").state, State::fatal);
    EXPECT_EQ(odd.asked.size(), 2u);  // with EDNS, without it
    NameServers first(options({&odd, &troubled})), second(options({&troubled, &odd}));
    EXPECT_EQ(now(first, "a.example").state, State::retry);
    EXPECT_EQ(now(second, "a.example").state, State::retry);
}

TEST_F(DnsServerTrouble, AServerWithoutEdnsIsAskedWithoutIt) {
    LoopbackServer old([](const Asked& asked) {
        // Such servers often send the header alone.
        return asked.edns ? Packets{Packet().number(asked.id).code(1).wire()} : good(asked);
    });
    NameServers servers(options({&old}));
    EXPECT_EQ(now(servers, "a.example").state, State::found);
    EXPECT_EQ(old.asked.size(), 2u);
    EXPECT_EQ(now(servers, "b.example").state, State::found);
    EXPECT_EQ(old.asked.size(), 3u);
}

TEST_F(DnsServerTrouble, ForgeriesArePassedOver) {
    LoopbackServer server([](const Asked& asked) -> Packets {
        auto forged = [&asked](unsigned id, const char* about, Type type) {
            return Packet()
                .number(id)
                .asks(about, type)
                .answer(about, Type::a, 60, a("192.0.2.66"));
        };
        return {forged(asked.id + 1, "a.example", Type::a).wire(),
                forged(asked.id, "b.example", Type::a).wire(),
                forged(asked.id, "a.example", Type::mx).wire(),
                asked.packet,
                "x",
                Packet().number(asked.id).answer("a.example", Type::a, 60, a("192.0.2.66")).wire(),
                good(asked)[0]};
    });
    NameServers servers(options({&server}));
    EXPECT_EQ(ip(now(servers, "a.example")), "192.0.2.1");
}

TEST_F(DnsServerTrouble, OnlyTheServerAskedIsListenedTo) {
    bool answering = false;
    LoopbackServer server(
        [&answering](const Asked& asked) { return answering ? good(asked) : Packets(); });
    NameServers servers(options({&server}));
    start(servers, "a.example");
    server.send_from_elsewhere(good(server.asked.at(0))[0]);
    loop.run_until_idle();
    EXPECT_TRUE(answers.empty());
    answering = true;
    wait();
    EXPECT_EQ(answers.at(0).state, State::found);
    EXPECT_EQ(server.asked.size(), 2u);
}

TEST_F(DnsServerTrouble, WhatMakesNoSenseIsRetry) {
    LoopbackServer broken([](const Asked& asked) -> Packets {
        std::string packet = good(asked)[0];
        return {packet.substr(0, packet.size() - 1)};
    });
    NameServers servers(options({&broken}));
    const Answer& answer = now(servers, "a.example");
    EXPECT_EQ(answer.state, State::retry);
    EXPECT_NE(answer.reason.find("Malformed or unexpected"), std::string::npos);
    EXPECT_EQ(broken.asked.size(), 2u);
}

TEST_F(DnsServerTrouble, LameServersAreRetry) {
    LoopbackServer referring([](const Asked& asked) -> Packets {
        return {asked.reply().add(1, "", type_ns, 60, name("a.root.invalid")).wire()};
    });
    LoopbackServer ignorant([](const Asked& asked) -> Packets {
        Packet packet = asked.reply();
        packet.flags &= ~recursive;
        return {packet.wire()};
    });
    NameServers servers(options({&referring, &ignorant}));
    EXPECT_EQ(now(servers, "a.example").state, State::retry);
    EXPECT_EQ(referring.asked.size(), 2u);
    EXPECT_EQ(ignorant.asked.size(), 2u);
}

TEST_F(DnsServerTrouble, WhatIsTruncatedIsFetchedOverTcp) {
    LoopbackServer server([](const Asked& asked) -> Packets {
        Packet packet = asked.reply();
        if (!asked.tcp)
            return {packet.flag(truncated).wire()};
        for (int i = 0; i < 150; ++i)
            packet.answer(asked.question.name, Type::txt, 60, '\xf0' + std::string(0xf0, 'x'));
        return {packet.wire()};
    });
    NameServers servers(options({&server}));
    const Answer& answer = now(servers, "a.example", Type::txt);
    EXPECT_EQ(answer.state, State::found);
    EXPECT_EQ(answer.records.size(), 100u);
    ASSERT_EQ(server.asked.size(), 2u);
    EXPECT_TRUE(server.asked[1].tcp);
}

TEST_F(DnsServerTrouble, UdpMayBeForgone) {
    LoopbackServer server(good);
    dns::Options made = options({&server});
    made.tcp = true;
    NameServers servers(made);
    EXPECT_EQ(now(servers, "a.example").state, State::found);
    ASSERT_EQ(server.asked.size(), 1u);
    EXPECT_TRUE(server.asked[0].tcp);
}

TEST_F(DnsServerTrouble, ServersMayTakeTurns) {
    LoopbackServer one(good), two(good);
    dns::Options made = options({&one, &two});
    made.rotate = true;
    NameServers servers(made);
    for (const char* name : {"a.example", "b.example", "c.example"})
        EXPECT_EQ(now(servers, name).state, State::found);
    EXPECT_EQ(one.asked.size(), 2u);
    EXPECT_EQ(two.asked.size(), 1u);
}

TEST_F(DnsServerTrouble, TroubleOverTcpIsRetry) {
    for (int kind = 0; kind < 3; ++kind) {
        LoopbackServer server([kind](const Asked& asked) -> Packets {
            if (asked.tcp && kind == 0)
                return {};  // hangs up
            if (asked.tcp && kind == 1)
                return {"garbage"};
            return {asked.reply().flag(truncated).wire()};
        });
        NameServers servers(options({&server}));
        EXPECT_EQ(now(servers, "a.example").state, State::retry) << kind;
        EXPECT_EQ(server.asked.size(), 4u);
    }
}

}  // namespace
