// Answers out of messages: the table of what each kind of message means.
#include "lib/dns/reading.h"

#include <gtest/gtest.h>

#include "tests/unit/lib/dns/packet.h"

namespace {

using namespace std::chrono_literals;
using namespace dns_test;
using dns::Question;
using dns::Type;
using State = dns::Answer::State;

dns::Reading read(const Packet& packet, Type type = Type::a, const char* about = "example.org") {
    auto message = dns::parse_message(packet.wire());
    EXPECT_TRUE(message);
    return dns::read_answer(*message, Question(about, type));
}

std::string ip(const dns::Answer& answer, size_t n = 0) {
    return std::get<dns::Address>(answer.records.at(n).data).ip;
}

TEST(DnsReading, CodesAreClasses) {
    struct Row {
        unsigned code;
        State state;
        bool nxdomain;
        const char* why;
    };
    const Row rows[] = {
        {0, State::none, false, "Host found but no data record of requested type"},
        {1, State::fatal, false, "Non-recoverable error"},
        {3, State::none, true, "Host not found"},
        {9, State::fatal, false, "Non-recoverable error"},
    };
    for (const Row& row : rows) {
        dns::Reading got = read(Packet().asks("example.org", Type::mx).code(row.code), Type::mx);
        EXPECT_EQ(got.answer.state, row.state) << row.code;
        EXPECT_EQ(got.answer.nxdomain, row.nxdomain) << row.code;
        EXPECT_EQ(got.answer.reason,
                  std::string("Host or domain name not found. Name service error for "
                              "name=example.org type=MX: ") +
                      row.why);
    }
}

TEST(DnsReading, OnlyTheNameAskedForCounts) {
    Packet packet;
    packet.answer("other.org", Type::a, 60, a("192.0.2.66"));
    packet.answer("example.org", Type::a, 50, a("192.0.2.1"));
    packet.answer("example.org", Type::aaaa, 10, aaaa("2001:db8::1"));
    packet.answer("example.org", Type::a, 40, a("192.0.2.2"));
    dns::Reading got = read(packet);
    EXPECT_EQ(got.answer.state, State::found);
    ASSERT_EQ(got.answer.records.size(), 2u);
    EXPECT_EQ(ip(got.answer, 1), "192.0.2.2");
    EXPECT_EQ(got.lifetime, base::Duration(40s));
    EXPECT_EQ(got.answer.name, "example.org");
    EXPECT_EQ(got.answer.reason, "");
}

TEST(DnsReading, ChainsAreFollowedInAnyOrder) {
    Packet packet;
    packet.answer("c.example", Type::a, 60, a("192.0.2.3"));
    packet.answer("b.example", Type::cname, 5, name("c.example"));
    packet.answer("example.org", Type::cname, 60, name("b.example"));
    dns::Reading got = read(packet);
    EXPECT_EQ(got.answer.state, State::found);
    EXPECT_EQ(got.answer.name, "c.example");
    EXPECT_EQ(got.lifetime, base::Duration(5s));
}

TEST(DnsReading, AChainThatEndsElsewhereMustBeAskedFor) {
    Packet packet;
    packet.answer("example.org", Type::cname, 30, name("b.example"));
    dns::Reading got = read(packet);
    EXPECT_EQ(got.alias, "b.example");
    EXPECT_EQ(got.lifetime, base::Duration(30s));
    // The zone's authority says that there is nothing behind it.
    packet.authority("example", 20, 20);
    got = read(packet);
    EXPECT_EQ(got.alias, "");
    EXPECT_EQ(got.answer.state, State::none);
    EXPECT_EQ(got.answer.name, "b.example");
    EXPECT_EQ(got.lifetime, base::Duration(20s));
}

TEST(DnsReading, ALoopEnds) {
    Packet packet;
    packet.answer("example.org", Type::cname, 60, name("b.example"));
    packet.answer("b.example", Type::cname, 60, name("example.org"));
    dns::Reading got = read(packet);
    EXPECT_TRUE(got.answer.records.empty());
}

TEST(DnsReading, AnAliasMayBeTheAnswer) {
    Packet packet;
    packet.answer("example.org", Type::cname, 60, name("b.example"));
    dns::Reading got = read(packet, Type::cname);
    EXPECT_EQ(got.answer.state, State::found);
    EXPECT_EQ(std::get<dns::Host>(got.answer.records.at(0).data).name, "b.example");
}

TEST(DnsReading, ABadNameSpoilsOnlyWhatHasNoGoodOne) {
    Packet packet;
    packet.answer("example.org", Type::mx, 60, mx(1, "bad name.example"));
    EXPECT_EQ(read(packet, Type::mx).answer.state, State::invalid);
    EXPECT_EQ(read(packet, Type::mx).answer.reason,
              "Name service error for name=example.org type=MX: Malformed or unexpected name "
              "server reply");
    EXPECT_EQ(read(packet, Type::a).answer.state, State::none);
    packet.answer("example.org", Type::mx, 60, mx(2, "good.example"));
    EXPECT_EQ(read(packet, Type::mx).answer.state, State::found);
    EXPECT_EQ(read(packet, Type::mx).answer.records.size(), 1u);
    Packet alias;
    alias.answer("example.org", Type::cname, 60, name("bad name.example"));
    EXPECT_EQ(read(alias).answer.state, State::invalid);
}

TEST(DnsReading, NullMxStandsAlone) {
    Packet packet;
    packet.answer("example.org", Type::mx, 60, mx(5, "mx.example.org"));
    packet.answer("example.org", Type::mx, 60, mx(0, ""));
    dns::Reading got = read(packet, Type::mx);
    ASSERT_EQ(got.answer.records.size(), 1u);
    EXPECT_EQ(std::get<dns::Exchange>(got.answer.records[0].data).name, "");
    EXPECT_EQ(got.answer.state, State::found);
}

TEST(DnsReading, AtMostAHundredRecordsAreUsed) {
    Packet packet;
    for (int i = 0; i < 150; ++i)
        packet.answer("example.org", Type::a, 60, a("192.0.2.1"));
    EXPECT_EQ(read(packet).answer.records.size(), dns::records_used);
}

TEST(DnsReading, LifetimesHaveBounds) {
    struct Row {
        uint32_t ttl;
        base::Duration lifetime;
    };
    const Row rows[] = {{0, 0s},      {1, 1s},           {86400, 24h},
                        {86401, 24h}, {0x7fffffff, 24h}, {0x80000000, 0s}};
    for (const Row& row : rows) {
        Packet packet;
        packet.answer("example.org", Type::a, row.ttl, a("192.0.2.1"));
        EXPECT_EQ(read(packet).lifetime, row.lifetime) << row.ttl;
    }
    Packet none;
    EXPECT_EQ(read(none.code(3)).lifetime, base::Duration(0s));
    Packet elsewhere = Packet().code(3).authority("example.net", 60, 60);
    EXPECT_EQ(read(elsewhere).lifetime, base::Duration(0s));
    EXPECT_EQ(read(none.authority("org", 90000, 80000)).lifetime, base::Duration(3h));
}

TEST(DnsReading, AuthenticIsWhatTheServerSays) {
    Packet packet;
    packet.answer("example.org", Type::a, 60, a("192.0.2.1"));
    EXPECT_FALSE(read(packet).answer.authentic);
    EXPECT_TRUE(read(packet.flag(authentic)).answer.authentic);
}

}  // namespace
