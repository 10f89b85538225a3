#include <gtest/gtest.h>

#include "lib/ipc/bounce.h"
#include "lib/ipc/control.h"
#include "lib/ipc/delivery.h"
#include "lib/ipc/ring.h"

namespace ipc {
namespace {

using namespace std::chrono_literals;

spool::RecordRef some_ref() {
    spool::RecordRef ref;
    ref.segment = 7;
    ref.epoch.fill(0xa5);
    ref.offset = 1ull << 40;
    ref.status_index = 12;
    return ref;
}

mail::Outcome some_outcome(uint32_t recipient) {
    mail::Outcome outcome;
    outcome.recipient = recipient;
    outcome.status = mail::Status::bounced;
    outcome.dsn = {5, 1, 1};
    outcome.reason = "host said: 550 no such user";
    outcome.relay = "r.example[192.0.2.1]:25";
    outcome.remote_mta = "r.example";
    outcome.diagnostic = "550 5.1.1 no such user";
    outcome.retry_in = 10s;
    outcome.ask_first = "192.0.2.1:25";
    return outcome;
}

DeliveryRequest some_request() {
    DeliveryRequest r;
    r.id = 1ull << 63;
    r.lane = 9;
    r.queue_id = "3F2A11B2C4";
    r.message = some_ref();
    r.sender = "a@example.org";
    r.size = 12345;
    r.encoding = mail::Encoding::eight_bit;
    r.tls_wish = mail::TlsWish::optional;
    r.has_leading_dots = false;
    r.nexthop = "[127.0.0.1]:2525, [127.0.0.2]:2525";
    r.configured = true;
    r.ask_first = "127.0.0.2:2525";
    r.recipients = {{0, "x@example.com", "", 0, 0, ""},
                    {4, "y@example.com", "z@example.com", 991, 6, "rfc822;z@example.com"}};
    r.arrival = base::WallTime(1s);
    r.active_since = base::WallTime(2s);
    r.attempts = 3;
    r.dsn_envid = "envid";
    r.dsn_ret = "HDRS";
    return r;
}

TEST(IpcCodec, DeliveryRequestComesBackAsItWas) {
    DeliveryRequest in_log = some_request();
    EXPECT_EQ(DeliveryRequest::decode(in_log.encode()), in_log);
    DeliveryRequest in_file = some_request();
    in_file.message = FileRef{"deferred", "3F2A11B2C4"};
    EXPECT_EQ(DeliveryRequest::decode(in_file.encode()), in_file);
}

TEST(IpcCodec, DeliveryReportComesBackAsItWas) {
    DeliveryReport report;
    report.id = 77;
    report.outcomes = {some_outcome(0), some_outcome(4)};
    report.destination_trouble = "connect to r.example[192.0.2.1]:25: Connection refused";
    report.trouble_dsn = {4, 4, 1};
    report.trouble_for = 17s;
    DeliveryReport back = DeliveryReport::decode(report.encode());
    EXPECT_EQ(back.id, 77u);
    ASSERT_EQ(back.outcomes.size(), 2u);
    EXPECT_EQ(back.outcomes[1].recipient, 4u);
    EXPECT_EQ(back.outcomes[1].diagnostic, "550 5.1.1 no such user");
    EXPECT_EQ(back.outcomes[1].retry_in, 10s);
    EXPECT_EQ(back.outcomes[1].ask_first, "192.0.2.1:25");
    EXPECT_EQ(back.destination_trouble, report.destination_trouble);
    EXPECT_EQ(back.trouble_dsn, report.trouble_dsn);
    EXPECT_EQ(back.trouble_for, 17s);
}

TEST(IpcCodec, AFlushOfANextHopIsAnsweredWithACount) {
    ControlRequest request{ControlVerb::flush_nexthop, {"smtp:[a]:587, [b]"}};
    ControlRequest asked = ControlRequest::decode(request.encode());
    EXPECT_EQ(asked.verb, ControlVerb::flush_nexthop);
    EXPECT_EQ(asked.queue_ids, request.queue_ids);
    ControlAnswer answer;
    answer.count = 20000;
    EXPECT_EQ(ControlAnswer::decode(answer.encode()).count, 20000u);
}

TEST(IpcCodec, AgentHelloComesBackAsItWas) {
    AgentHello hello;
    hello.pid = 4711;
    hello.unreported = {{5, "3F2A11B2C4", some_ref(), {0, 2}},
                        {6, "ABC", FileRef{"deferred", "ABC"}, {}}};
    AgentHello back = AgentHello::decode(hello.encode());
    EXPECT_EQ(back.pid, 4711);
    EXPECT_EQ(back.unreported, hello.unreported);
}

TEST(IpcCodec, BouncesComeBackAsTheyWere) {
    BounceRequest request;
    request.id = 3;
    request.message = some_ref();
    request.envelope.queue_id = "3F2A11B2C4";
    request.envelope.sender = "a@example.org";
    request.envelope.recipients = {{"x@example.com", "", 0, ""}};
    request.outcomes = {some_outcome(0)};
    request.size = 99;
    BounceRequest back = BounceRequest::decode(request.encode());
    EXPECT_EQ(back.envelope, request.envelope);
    EXPECT_EQ(back.message, request.message);
    EXPECT_EQ(back.size, 99u);
    ASSERT_EQ(back.outcomes.size(), 1u);

    request.outcomes.clear();
    EXPECT_THROW(BounceRequest::decode(request.encode()), base::DecodeError);

    BounceAnswer answer{3, "4A", "why"};
    BounceAnswer answered = BounceAnswer::decode(answer.encode());
    EXPECT_EQ(answered.report, "4A");
    EXPECT_EQ(answered.error, "why");
}

TEST(IpcCodec, RingsAndControlComeBackAsTheyWere) {
    std::vector<Ring> rings = {{1, some_ref().epoch, 4096}, {2, {}, 1ull << 33}};
    EXPECT_EQ(decode_rings(encode_rings(rings)), rings);

    ControlRequest request{ControlVerb::remove, {"A", "B"}};
    ControlRequest asked = ControlRequest::decode(request.encode());
    EXPECT_EQ(asked.verb, ControlVerb::remove);
    EXPECT_EQ(asked.queue_ids, request.queue_ids);

    ControlAnswer answer{{{"A", true, base::WallTime(5s), {{3, "refused"}}}}};
    ControlAnswer told = ControlAnswer::decode(answer.encode());
    ASSERT_EQ(told.entries.size(), 1u);
    EXPECT_TRUE(told.entries[0].active);
    EXPECT_EQ(told.entries[0].next_attempt, base::WallTime(5s));
    EXPECT_EQ(told.entries[0].delayed.at(0).reason, "refused");
}

// Whatever is cut off, decoding says so and reads nothing beyond.
TEST(IpcCodec, EveryPrefixOfAFrameIsRefused) {
    std::string request = some_request().encode();
    for (size_t n = 0; n < request.size(); ++n)
        EXPECT_THROW(DeliveryRequest::decode(request.substr(0, n)), base::DecodeError) << n;
    DeliveryReport made;
    made.outcomes = {some_outcome(1)};
    std::string report = made.encode();
    for (size_t n = 0; n < report.size(); ++n)
        EXPECT_THROW(DeliveryReport::decode(report.substr(0, n)), base::DecodeError) << n;
}

TEST(IpcCodec, FalseCountsAndKindsAreRefused) {
    EXPECT_THROW(decode_rings(base::Encoder().u32(0xffffffff).take()), base::DecodeError);
    EXPECT_THROW(ControlRequest::decode(base::Encoder().u8(99).u32(0).take()), base::DecodeError);
    base::Encoder unknown_kind;
    unknown_kind.u8(2);
    base::Decoder in(unknown_kind.view());
    EXPECT_THROW(decode_message_ref(in), base::DecodeError);
}

}  // namespace
}  // namespace ipc
