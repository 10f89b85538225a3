// Packets of random pieces, packets with flipped bytes, and the worst that compression can do.
#include <gtest/gtest.h>

#include <random>

#include "lib/base/time.h"
#include "lib/dns/message.h"
#include "tests/unit/lib/dns/packet.h"
#include "tests/unit/lib/esmtp/fuzz_corpus.h"

#define LLVMFuzzerTestOneInput dns_target
#include "tests/fuzz/dns_answer.cc"

namespace {

using namespace dns_test;
using dns::Type;

int run(const uint8_t* data, size_t size) {
    return dns_target(data, size);
}

std::vector<Packet> samples() {
    std::vector<Packet> packets(3);
    packets[0].asks("example.org", Type::mx);
    packets[0].answer("example.org", Type::cname, 60, name("b.example.org"));
    packets[0].answer("b.example.org", Type::mx, 60, mx(10, "mx.example.org"));
    packets[0].answer("b.example.org", Type::mx, 60, mx(0, ""));
    packets[1].asks("example.org", Type::a).authority("example.org", 60, 60);
    packets[1].answer("example.org", Type::a, 60, a("192.0.2.1"));
    packets[1].answer("example.org", Type::aaaa, 60, aaaa("2001:db8::1"));
    packets[1].add(2, "", type_opt, 0, "");
    packets[2].asks("example.org", Type::srv);
    packets[2].answer("example.org", Type::srv, 60, srv(1, 2, 3, "x.example.org"));
    packets[2].answer("example.org", Type::txt, 60, "\3abc");
    packets[2].answer("example.org", Type::tlsa, 60, "\3\1\1xyz");
    packets[2].answer("example.org", Type::ptr, 60, name("h.example.org"));
    return packets;
}

TEST(DnsFuzz, RandomPieces) {
    std::vector<std::string> pieces = {u16(0x8180),
                                       u16(0),
                                       u16(1),
                                       u16(0xc00c),
                                       u16(0xc000),
                                       u16(0xffff),
                                       u32(60),
                                       u16(1) + u16(0x8180) + u16(1) + u16(2) + u16(0) + u16(0),
                                       name("example.org") + u16(15) + u16(1),
                                       name("example.org") + u16(5) + u16(1) + u32(9),
                                       u16(0xc00c) + u16(15) + u16(1) + u32(60),
                                       u16(4) + u16(5) + u16(0xc00c),
                                       std::string("\x3f"),
                                       std::string(64, 'x')};
    esmtp_test::run_corpus(run, pieces);
}

TEST(DnsFuzz, FlippedBytes) {
    std::mt19937 random(20260101);
    for (const Packet& packet : samples()) {
        const std::string wire = packet.wire();
        for (int round = 0; round < 5000; ++round) {
            std::string bytes = wire;
            for (auto flips = 1 + random() % 4; flips > 0; --flips)
                bytes[random() % bytes.size()] = static_cast<char>(random());
            run(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
        }
    }
}

// Each name is a chain of pointers through half of the largest packet.
TEST(DnsFuzz, LongChainsOfPointersCostLittle) {
    std::string chain = std::string("\1x") + '\0';
    std::string head = u16(1) + u16(0x8180) + u16(0) + u16(4000) + u16(0) + u16(0);
    // One record whose data are the pointers, each to the one before.
    std::string pointers = chain;
    size_t base = head.size() + 1 + 10;
    size_t last = base;
    for (size_t at = base + chain.size(); at + 2 < 16000; at += 2) {
        pointers += u16(static_cast<unsigned>(0xc000 | last));
        last = at;
    }
    std::string wire = head + std::string(1, '\0') + u16(99) + u16(1) + u32(60) +
                       u16(static_cast<unsigned>(pointers.size())) + pointers;
    while (wire.size() + 20 < dns::largest_message)
        wire +=
            u16(static_cast<unsigned>(0xc000 | last)) + u16(16) + u16(1) + u32(60) + u16(2) + "\1x";
    auto began = base::steady_now();
    dns::parse_message(wire);
    EXPECT_LT(base::steady_now() - began, std::chrono::seconds(1));
}

}  // namespace
