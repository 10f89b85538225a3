// Packets: what is asked, what is read, what is refused.
#include "lib/dns/message.h"

#include <gtest/gtest.h>

#include "tests/unit/lib/dns/packet.h"

namespace {

using namespace dns_test;
using dns::Code;
using dns::Question;
using dns::Type;

TEST(DnsMessage, AQueryHasNumberNameTypeAndEdns) {
    std::string wire = dns::build_query(Question("mail.example.org", Type::mx), 0x1234, {});
    std::string head = u16(0x1234) + u16(0x0120) + u16(1) + u16(0) + u16(0) + u16(1);
    std::string asked = name("mail.example.org") + u16(15) + u16(1);
    std::string opt = name("") + u16(41) + u16(1232) + u32(0) + u16(0);
    EXPECT_EQ(wire, head + asked + opt);
}

TEST(DnsMessage, EdnsCanBeLeftOutAndSignaturesAskedFor) {
    dns::QueryOptions plain, secure;
    plain.edns = false;
    secure.dnssec = true;
    Question question("example.org", Type::tlsa);
    std::string bare = dns::build_query(question, 1, plain);
    EXPECT_EQ(bare, u16(1) + u16(0x0100) + u16(1) + u16(0) + u16(0) + u16(0) + name("example.org") +
                        u16(52) + u16(1));
    std::string wire = dns::build_query(question, 1, secure);
    EXPECT_EQ(wire.substr(wire.size() - 6, 4), u32(0x8000));
}

TEST(DnsMessage, EveryTypeIsRead) {
    Packet packet;
    packet.asks("Example.ORG", Type::a).number(77).flag(authentic);
    packet.answer("Example.org", Type::a, 60, a("192.0.2.1"));
    packet.answer("example.org", Type::aaaa, 61, aaaa("2001:db8::1"));
    packet.answer("example.org", Type::mx, 62, mx(10, "MX.example.org"));
    packet.answer("_smtp._tcp.example.org", Type::srv, 63, srv(1, 2, 587, "relay.example.org"));
    packet.answer("example.org", Type::txt, 64, std::string("\3abc\2de"));
    packet.answer("_25._tcp.example.org", Type::tlsa, 65, std::string("\3\1\1xyz"));
    packet.answer("www.example.org", Type::cname, 66, name("example.org"));
    packet.answer("1.2.0.192.in-addr.arpa", Type::ptr, 67, name("host.example.org"));
    packet.answer("example.org", Type::ns, 68, name("ns.example.org"));
    auto message = dns::parse_message(packet.wire());
    ASSERT_TRUE(message);
    EXPECT_EQ(message->id, 77);
    EXPECT_TRUE(message->response && message->recursive && message->authentic);
    EXPECT_FALSE(message->truncated || message->authoritative);
    ASSERT_TRUE(message->question);
    EXPECT_EQ(message->question->name, "example.org");
    const auto& got = message->answers;
    ASSERT_EQ(got.size(), 9u);
    EXPECT_EQ(got[0].owner, "example.org");
    EXPECT_EQ(got[0].ttl, 60u);
    EXPECT_EQ(std::get<dns::Address>(got[0].data).ip, "192.0.2.1");
    EXPECT_EQ(std::get<dns::Address>(got[1].data).ip, "2001:db8::1");
    EXPECT_EQ(std::get<dns::Exchange>(got[2].data).preference, 10);
    EXPECT_EQ(std::get<dns::Exchange>(got[2].data).name, "mx.example.org");
    const auto& service = std::get<dns::Service>(got[3].data);
    EXPECT_EQ(service.priority, 1);
    EXPECT_EQ(service.weight, 2);
    EXPECT_EQ(service.port, 587);
    EXPECT_EQ(service.name, "relay.example.org");
    EXPECT_EQ(std::get<dns::Text>(got[4].data).text, "abcde");
    const auto& certificate = std::get<dns::Certificate>(got[5].data);
    EXPECT_EQ(certificate.usage, 3);
    EXPECT_EQ(certificate.matching, 1);
    EXPECT_EQ(certificate.data, "xyz");
    EXPECT_EQ(std::get<dns::Host>(got[6].data).name, "example.org");
    EXPECT_EQ(std::get<dns::Host>(got[7].data).name, "host.example.org");
    EXPECT_EQ(std::get<dns::Host>(got[8].data).name, "ns.example.org");
}

TEST(DnsMessage, CompressedNamesAreRead) {
    Packet packet;
    packet.asks("example.org", Type::mx);
    packet.answer("example.org", Type::mx, 60, u16(5) + "\2mx" + u16(0xc00c));
    auto message = dns::parse_message(packet.wire());
    ASSERT_TRUE(message);
    EXPECT_EQ(std::get<dns::Exchange>(message->answers.at(0).data).name, "mx.example.org");
}

TEST(DnsMessage, NamesThatAreNoneAreSetAside) {
    Packet packet;
    packet.asks("example.org", Type::mx);
    packet.answer("example.org", Type::mx, 60, mx(5, "good.example.org"));
    packet.answer("example.org", Type::mx, 60, mx(5, "not good.example.org"));
    packet.answer("example.org", Type::mx, 60, mx(5, "-x.example.org"));
    packet.answer("example.org", Type::mx, 60, u16(5) + "\3a.b\3org" + '\0');
    packet.answer("example.org", Type::mx, 60, mx(5, "192.0.2.1"));
    packet.answer("example.org", Type::mx, 60, mx(5, "under_score.example.org"));
    packet.answer("example.org", Type::mx, 0, mx(0, ""));
    packet.answer("example.org", Type::cname, 0, name(""));
    auto message = dns::parse_message(packet.wire());
    ASSERT_TRUE(message);
    EXPECT_EQ(message->answers.size(), 4u);
    EXPECT_EQ(message->bad_names.size(), 4u);
    EXPECT_EQ(message->bad_names.at(0).owner, "example.org");
    EXPECT_EQ(message->bad_names.at(1).name, "-x.example.org");
}

TEST(DnsMessage, TheCodeIsInTwoParts) {
    Packet packet;
    packet.asks("example.org", Type::a).code(0);
    packet.add(2, "", type_opt, 0x01000000, "");
    auto message = dns::parse_message(packet.wire());
    ASSERT_TRUE(message);
    EXPECT_EQ(message->code, Code::bad_version);
}

TEST(DnsMessage, TheAuthorityTellsHowLongNothingHolds) {
    Packet packet;
    packet.asks("no.example.org", Type::a).code(3).authority("example.org", 30, 600);
    auto message = dns::parse_message(packet.wire());
    ASSERT_TRUE(message && message->authority);
    EXPECT_EQ(message->authority->zone, "example.org");
    EXPECT_EQ(message->authority->negative_ttl, 30u);
}

TEST(DnsMessage, WhatIsNoMessageIsRefused) {
    Packet good;
    good.asks("example.org", Type::a).answer("example.org", Type::a, 60, a("192.0.2.1"));
    std::string wire = good.wire();
    for (size_t size = 0; size < wire.size(); ++size)
        EXPECT_FALSE(dns::parse_message(wire.substr(0, size))) << size;
    auto with = [](auto change) {
        Packet packet;
        packet.asks("example.org", Type::a);
        change(packet);
        return packet.wire();
    };
    const std::string loop_at_question =
        u16(1) + u16(0x8180) + u16(1) + u16(0) + u16(0) + u16(0) + u16(0xc00c) + u16(1) + u16(1);
    const std::string bad[] = {
        loop_at_question,
        with([](Packet& p) { p.answer("example.org", Type::a, 60, "123"); }),
        with([](Packet& p) { p.answer("example.org", Type::mx, 60, u16(5)); }),
        with([](Packet& p) { p.answer("example.org", Type::srv, 60, u16(5) + u16(5) + u16(5)); }),
        with([](Packet& p) { p.answer("example.org", Type::txt, 60, "\x20no"); }),
        with([](Packet& p) { p.add(0, "", type_opt, 0, ""); }),
        with([](Packet& p) { p.flag(0x2800); }),
    };
    for (const std::string& each : bad)
        EXPECT_FALSE(dns::parse_message(each)) << &each - bad;
}

TEST(DnsMessage, ATruncatedMessageIsReadAsFarAsItsQuestion) {
    Packet packet;
    packet.asks("example.org", Type::a).flag(truncated);
    packet.answer("example.org", Type::a, 60, a("192.0.2.1"));
    std::string wire = packet.wire();
    wire.resize(wire.size() - 3);
    auto message = dns::parse_message(wire);
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->truncated);
    EXPECT_TRUE(message->answers.empty());
}

TEST(DnsMessage, ReadingIsBounded) {
    Packet packet;
    packet.asks("example.org", Type::a);
    for (int i = 0; i < 1000; ++i)
        packet.answer("example.org", Type::a, 60, a("192.0.2.1"));
    auto message = dns::parse_message(packet.wire());
    ASSERT_TRUE(message);
    EXPECT_EQ(message->answers.size(), 200u);
    EXPECT_TRUE(message->excess);
}

}  // namespace
