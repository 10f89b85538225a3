// NameServers: what is asked, what is remembered, whom it waits for.
#include "tests/unit/lib/dns/name_servers_fixture.h"

namespace {

using namespace dns_test;

TEST_F(DnsNameServers, AnAnswerIsFoundAndRemembered) {
    LoopbackServer server(good);
    NameServers servers(options({&server}));
    EXPECT_EQ(ip(now(servers, "Mail.Example.ORG.")), "192.0.2.1");
    clock.advance(59s);
    EXPECT_EQ(now(servers, "mail.example.org").state, State::found);
    EXPECT_EQ(server.asked.size(), 1u);
    clock.advance(1s);
    EXPECT_EQ(now(servers, "mail.example.org").state, State::found);
    EXPECT_EQ(server.asked.size(), 2u);
}

TEST_F(DnsNameServers, EachQuestionHasANumberAndAPortOfItsOwn) {
    LoopbackServer server(good);
    NameServers servers(options({&server}));
    std::vector<unsigned> ids;
    for (int i = 0; i < 50; ++i)
        now(servers, base::text("n", i, ".example").c_str());
    for (const Asked& asked : server.asked)
        ids.push_back(asked.id);
    std::sort(ids.begin(), ids.end());
    size_t different = std::unique(ids.begin(), ids.end()) - ids.begin();
    EXPECT_GT(different, 45u);
}

TEST_F(DnsNameServers, WhatCanBeNoNameIsNotAskedAbout) {
    LoopbackServer server(good);
    NameServers servers(options({&server}));
    for (const char* odd : {"", ".", "a..b", "192.0.2.1", "2001:db8::1", "123", "a b.example",
                            "-a.example", "a-.example", "exa\xc3\xa4mple.org"}) {
        const Answer& answer = now(servers, odd);
        EXPECT_EQ(answer.state, State::none) << odd;
        EXPECT_NE(answer.reason.find("invalid host or domain name"), std::string::npos);
    }
    EXPECT_TRUE(server.asked.empty());
    EXPECT_EQ(now(servers, "_dmarc.a_b.example").state, State::found);
}

TEST_F(DnsNameServers, NothingFoundIsRememberedAsTheZoneSays) {
    LoopbackServer server([](const Asked& asked) -> Packets {
        return {asked.reply().code(3).authority("example", 30, 600).wire()};
    });
    NameServers servers(options({&server}));
    EXPECT_TRUE(now(servers, "no.example").nxdomain);
    clock.advance(29s);
    EXPECT_EQ(now(servers, "no.example").state, State::none);
    EXPECT_EQ(server.asked.size(), 1u);
    clock.advance(1s);
    now(servers, "no.example");
    EXPECT_EQ(server.asked.size(), 2u);
}

TEST_F(DnsNameServers, TheCacheForgetsWhatWasAskedForLongestAgo) {
    LoopbackServer server(good);
    dns::Options few = options({&server});
    few.cache_entries = 2;
    NameServers servers(few);
    now(servers, "a.example");
    now(servers, "b.example");
    now(servers, "a.example");
    now(servers, "c.example");
    EXPECT_EQ(server.asked.size(), 3u);
    now(servers, "a.example");
    EXPECT_EQ(server.asked.size(), 3u);
    now(servers, "b.example");
    EXPECT_EQ(server.asked.size(), 4u);
}

TEST_F(DnsNameServers, TheSameQuestionIsAskedOnce) {
    bool answering = false;
    LoopbackServer server(
        [&answering](const Asked& asked) { return answering ? good(asked) : Packets(); });
    NameServers servers(options({&server}));
    for (int i = 0; i < 5; ++i)
        start(servers, "a.example");
    start(servers, "b.example");
    EXPECT_EQ(server.asked.size(), 2u);
    answering = true;
    EXPECT_EQ(wait(), 5);
    EXPECT_EQ(answers.size(), 6u);
    EXPECT_EQ(server.asked.size(), 4u);
}

TEST_F(DnsNameServers, WhoeverWaitsGoesOnWhenTheAskerIsCancelled) {
    LoopbackServer server(silent);
    NameServers servers(options({&server}));
    io::Scope first;
    std::vector<Answer> unheard;
    first.spawn(ask(servers, "a.example", Type::a, unheard));
    loop.run_until_idle();
    start(servers, "a.example");
    start(servers, "a.example");
    EXPECT_EQ(server.asked.size(), 1u);
    first.cancel();
    loop.run_until_idle();
    EXPECT_EQ(server.asked.size(), 2u);
    EXPECT_EQ(wait(), 10);
    EXPECT_EQ(answers.size(), 2u);
    EXPECT_TRUE(unheard.empty());
}

TEST_F(DnsNameServers, AliasesAreFollowedThroughSeveralAnswers) {
    // n1 is an alias of n2 and so on; n<last> has an address.
    auto chain = [](int last) {
        return [last](const Asked& asked) -> Packets {
            int n = std::stoi(asked.question.name.substr(1));
            std::string next = base::text("n", n + 1, ".example");
            if (n == last)
                return good(asked);
            return {asked.reply().answer(asked.question.name, Type::cname, 60, name(next)).wire()};
        };
    };
    LoopbackServer ten(chain(10)), eleven(chain(11));
    NameServers servers(options({&ten})), more(options({&eleven}));
    const Answer& answer = now(servers, "n1.example");
    EXPECT_EQ(answer.state, State::found);
    EXPECT_EQ(answer.name, "n10.example");
    now(servers, "n3.example");
    EXPECT_EQ(ten.asked.size(), 10u);
    const Answer& endless = now(more, "n1.example");
    EXPECT_EQ(endless.state, State::none);
    EXPECT_EQ(endless.reason.substr(0, 20), "Name server loop for");
}

TEST_F(DnsNameServers, AuthenticNeedsEveryStepOfAChain) {
    unsigned first = authentic;
    LoopbackServer server([&first](const Asked& asked) -> Packets {
        if (asked.question.name == "a.example")
            return {asked.reply()
                        .flag(first)
                        .answer("a.example", Type::cname, 0, name("b.example"))
                        .wire()};
        return {asked.reply().flag(authentic).answer("b.example", Type::a, 0, a("1.2.3.4")).wire()};
    });
    dns::Options validating = options({&server});
    validating.dnssec = true;
    NameServers servers(validating), plain(options({&server}));
    EXPECT_TRUE(now(servers, "a.example").authentic);
    EXPECT_FALSE(now(plain, "a.example").authentic) << "nobody asked for validation";
    first = 0;
    EXPECT_FALSE(now(servers, "a.example").authentic);
}

}  // namespace
