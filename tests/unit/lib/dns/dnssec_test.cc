// DNSSEC: what is asked of servers, what their word counts for, and who is warned.
#include "lib/base/log.h"
#include "tests/unit/lib/dns/name_servers_fixture.h"

namespace {

using namespace dns_test;

class Dnssec : public DnsNameServers {
  protected:
    Dnssec() {
        base::log::flush();
        testing::internal::CaptureStderr();
    }

    dns::Options validating(const LoopbackServer& server) {
        dns::Options made = options({&server});
        made.dnssec = true;
        made.dnssec_probe = dns::Question("", Type::ns);
        return made;
    }
    // What was logged meanwhile.
    std::string log() {
        base::log::flush();
        return testing::internal::GetCapturedStderr();
    }
};

// Says what it says with or without AD; the root too.
struct Server {
    bool validates = true;
    bool knows_edns = true;

    Packets operator()(const Asked& asked) const {
        if (!knows_edns && asked.edns)
            return {asked.reply().code(1).wire()};
        unsigned flag = validates ? authentic : 0;
        if (asked.question.name.empty())
            return {asked.reply().flag(flag).answer("", Type::ns, 60, name("a.root")).wire()};
        if (asked.question.name == "no.example")
            return {asked.reply().flag(flag).code(3).authority("example", 60, 60).wire()};
        return {asked.reply()
                    .flag(flag)
                    .answer(asked.question.name, Type::a, 60, a("192.0.2.1"))
                    .wire()};
    }
};

TEST_F(Dnssec, AValidatingServerIsBelievedAndNotProbed) {
    LoopbackServer server(Server{});
    NameServers servers(validating(server));
    EXPECT_TRUE(now(servers, "a.example").authentic);
    EXPECT_TRUE(now(servers, "no.example").authentic);
    EXPECT_TRUE(now(servers, "a.example").authentic) << "from the cache";
    EXPECT_EQ(server.asked.size(), 2u);
    EXPECT_TRUE(server.asked[0].dnssec_ok);
    EXPECT_EQ(log(), "");
}

TEST_F(Dnssec, OneThatDoesNotIsProbedOnceAndWarnedOf) {
    LoopbackServer server(Server{false, true});
    NameServers servers(validating(server));
    EXPECT_FALSE(now(servers, "a.example").authentic);
    EXPECT_FALSE(now(servers, "b.example").authentic);
    ASSERT_EQ(server.asked.size(), 3u);
    EXPECT_EQ(server.asked[1].question.name, "");
    EXPECT_EQ(server.asked[1].question.type, Type::ns);
    std::string warned = log();
    size_t first = warned.find("warning: DNSSEC validation may be unavailable\n");
    size_t second = warned.find(
        "warning: reason: dnssec_probe 'ns:.' received a response that is not DNSSEC validated\n");
    EXPECT_LT(first, second) << warned;
    EXPECT_NE(second, std::string::npos) << warned;
    EXPECT_EQ(warned.find("unavailable", second), std::string::npos) << "twice: " << warned;
}

TEST_F(Dnssec, TheAnswerOfAnUnsignedZoneWarnsOfNothing) {
    LoopbackServer server([](const Asked& asked) {
        return Server{asked.question.name.empty(), true}(asked);
    });
    NameServers servers(validating(server));
    EXPECT_FALSE(now(servers, "a.example").authentic);
    EXPECT_EQ(server.asked.size(), 2u);
    EXPECT_EQ(log(), "");
}

TEST_F(Dnssec, NoAnswerToTheProbeIsWarnedOf) {
    LoopbackServer server([](const Asked& asked) {
        return asked.question.name.empty() ? says(asked, 2) : Server{false, true}(asked);
    });
    NameServers servers(validating(server));
    EXPECT_EQ(now(servers, "a.example").state, State::found);
    std::string warned = log();
    EXPECT_NE(warned.find("received no response: Host or domain name not found"), std::string::npos)
        << warned;
}

TEST_F(Dnssec, WithoutAProbeNothingIsAsked) {
    LoopbackServer server(Server{false, true});
    dns::Options quiet = validating(server);
    quiet.dnssec_probe.reset();
    NameServers servers(quiet);
    now(servers, "a.example");
    EXPECT_EQ(server.asked.size(), 1u);
    EXPECT_EQ(log(), "");
}

// It cannot have validated anything, whatever it says.
TEST_F(Dnssec, AServerWithoutEdnsIsNotBelieved) {
    LoopbackServer server(Server{true, false});
    NameServers servers(validating(server));
    EXPECT_EQ(now(servers, "a.example").state, State::found);
    EXPECT_FALSE(answers.back().authentic);
    EXPECT_NE(log().find("may be unavailable"), std::string::npos);
}

}  // namespace
