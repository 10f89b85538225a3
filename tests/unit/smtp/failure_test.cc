// What a server does wrong at each stage of a conversation, and what that means for the message.
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

enum class Fault {
    lost,      // the connection ends
    silent,    // no reply until the time limit
    dribbled,  // a reply that never gets ready within the limit
    closing,   // 421
    odd_code,  // a code of no class that there is
    endless,   // lines without end
    noise,     // a line that is no reply comes first
    overlong,  // the text has no measure
    mixed,     // several codes in one reply: the last one counts
};

struct Where {
    const char* name;
    const char* command;  // "" where the server speaks first
    const char* good;
    const char* doing;  // in the words of the log
    const char* reply_to;
    base::Duration limit;
};

constexpr const char* end_doing = "sending end of data -- message may be sent more than once";

const Where stages[] = {
    {"greeting", "", "220 mx", "receiving the initial server greeting", "connection", 10s},
    {"ehlo", "C EHLO", "250 mx", "performing the EHLO handshake", "EHLO command", 10s},
    {"mail", "C MAIL", "250 ok", "sending MAIL FROM", "MAIL FROM command", 20s},
    {"rcpt", "C RCPT", "250 ok", "sending RCPT TO", "RCPT TO command", 30s},
    {"data", "C DATA", "354 go", "sending DATA command", "DATA command", 40s},
    {"dot", "D", "250 taken", end_doing, "end of DATA command", 50s},
};
constexpr size_t dot = 5;

Script steps_of(Fault fault, const Where& at) {
    const std::string good = at.good;
    switch (fault) {
        case Fault::lost:
            return {"X"};
        case Fault::silent:
            return {"E"};
        case Fault::dribbled:
            return {"T " + good + "\r\n", "E"};
        case Fault::closing:
            return {"S 421 4.3.2 closing", "X"};
        case Fault::odd_code:
            return {"S 650 what", "Z"};
        case Fault::endless: {
            std::string lines;
            for (size_t i = 0; i <= esmtp::ReplyReader::most_lines; ++i)
                lines += "250-x\r\n";
            return {"R " + lines, "E"};
        }
        case Fault::noise:
            return {"S ?", "S +OK what", "S " + good};
        case Fault::overlong:
            return {"S " + good + std::string(20000, 'x')};
        case Fault::mixed:
            return {"S 450-no", "S 550-never", "S " + good};
    }
    return {};
}

struct FailureTest : World, testing::WithParamInterface<std::tuple<size_t, Fault>> {
    size_t stage() const { return std::get<0>(GetParam()); }
    Fault fault() const { return std::get<1>(GetParam()); }
    const Where& where() const { return stages[stage()]; }
    bool harmless() const { return fault() >= Fault::noise; }

    FailureTest() {
        options.helo = 10s;
        options.mail = 20s;
        options.rcpt = 30s;
        options.data_init = 40s;
        options.data_done = 50s;
    }
    Script script() const {
        Script all;
        for (size_t i = 0; i < std::size(stages); ++i) {
            const Where& at = stages[i];
            if (*at.command)
                all.push_back(at.command);
            if (i == stage()) {
                Script wrong = steps_of(fault(), at);
                all.insert(all.end(), wrong.begin(), wrong.end());
                if (!harmless())
                    return all;
            } else {
                all.push_back(base::text("S ", at.good));
            }
        }
        all.push_back("Z");
        return all;
    }
    // Of the log and the report, where the fault is one.
    std::string expected() const {
        const std::string peer = "192.0.2.1[192.0.2.1]";
        bool before_mail = stage() < 2;
        const std::string in_reply = base::text(" (in reply to ", where().reply_to, ")");
        auto said = [&](const std::string& reply) {
            return before_mail ? "host " + peer + " refused to talk to me: " + reply
                               : "host " + peer + " said: " + reply + in_reply;
        };
        switch (fault()) {
            case Fault::lost:
                return base::text("4.4.2 lost connection with ", peer, " while ", where().doing);
            case Fault::silent:
            case Fault::dribbled:
                return base::text("4.4.2 conversation with ", peer, " timed out while ",
                                  where().doing);
            case Fault::closing:
                return "4.3.2 " + said("421 4.3.2 closing");
            case Fault::odd_code:
                return "4.5.0 Protocol error: " + said("650 what");
            default:
                return "4.5.0 Protocol error: host " + peer + " sent an endless reply" + in_reply;
        }
    }
    void wait_for_the_limit() {
        if (fault() != Fault::silent && fault() != Fault::dribbled)
            return;
        pass(where().limit - 1s);
        EXPECT_TRUE(reports.empty());
        pass(1s);
    }
};

TEST_P(FailureTest, OneServer) {
    // A server that does not know EHLO may know HELO.
    bool tries_helo = stage() == 1 && fault() == Fault::odd_code;
    Script plain = script();
    if (tries_helo)
        plain = {"S 220 mx", "C EHLO", "S 650 what", "C HELO", "S 650 what", "Z"};
    serve("192.0.2.1:25", plain);
    deliver({"a@x"});
    wait_for_the_limit();
    ASSERT_EQ(reports.size(), 1u);
    if (harmless())
        EXPECT_EQ(outcome(0).substr(0, 14), "sent 2.0.0 250");
    else
        EXPECT_EQ(outcome(0), "deferred " + expected());
    EXPECT_EQ(queue.marked["Q1/5"], harmless() ? 1 : 0);
    EXPECT_EQ(reports[0].destination_trouble.empty(), harmless() || stage() >= 2);
    EXPECT_EQ(dialer.heard[0].wrong, "");
    read_log();
    EXPECT_EQ(log.find("response longer than 2048") != std::string::npos,
              fault() == Fault::overlong);
    EXPECT_EQ(log.find("non-"), std::string::npos) << "without pipelining nothing can be mixed up";
}

// Another server gets the message, unless the first one may have it.
TEST_P(FailureTest, FirstOfTwo) {
    if (harmless() || (stage() == 1 && fault() == Fault::odd_code))
        return;
    without_failover();
    serve("192.0.2.1:25", script());
    serve("192.0.2.2:25", {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "S 250 ok", "C RCPT",
                           "S 250 ok", "C DATA", "S 354 ok", "D", "S 250 second", "Z"});
    deliver({"a@x"}, std::string(here) + ", " + there);
    wait_for_the_limit();
    bool unknown = stage() == dot && fault() != Fault::closing && fault() != Fault::odd_code;
    EXPECT_EQ(outcome(0), unknown ? "deferred " + expected() : "sent 2.0.0 250 second");
    EXPECT_EQ(dialer.dialled.size(), unknown ? 1u : 2u);
}

std::string name_of(const testing::TestParamInfo<std::tuple<size_t, Fault>>& info) {
    constexpr const char* faults[] = {"Lost",    "Silent", "Dribbled", "Closing", "OddCode",
                                      "Endless", "Noise",  "Overlong", "Mixed"};
    return base::text(stages[std::get<0>(info.param)].name,
                      faults[static_cast<size_t>(std::get<1>(info.param))]);
}

INSTANTIATE_TEST_SUITE_P(
    EachStage, FailureTest,
    testing::Combine(testing::Range<size_t>(0, std::size(stages)),
                     testing::Values(Fault::lost, Fault::silent, Fault::dribbled, Fault::closing,
                                     Fault::odd_code, Fault::endless, Fault::noise, Fault::overlong,
                                     Fault::mixed)),
    name_of);

struct NoiseTest : World {};

const Script hello = {"S 220 mx", "C EHLO", "S 250-mx", "S 250 PIPELINING"};

Script operator+(Script first, const Script& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

TEST_F(NoiseTest, IsWarnedOfWhereRepliesAreCounted) {
    serve("192.0.2.1:25", hello + Script{"C MAIL", "C RCPT", "C DATA", "S junk\x01", "S 250 ok",
                                         "S 250 ok", "S 354 go", "D", "S 250 taken", "Z"});
    deliver({"a@x"});
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 taken");
    read_log();
    EXPECT_NE(log.find("warning: Q1: non-ESMTP response from 192.0.2.1[192.0.2.1]:25: junk?"),
              std::string::npos)
        << log;
    EXPECT_NE(log.find("to prevent loss of mail, turn off command pipelining for 192.0.2.1 with "
                       "the smtp_discard_ehlo_keyword_address_maps parameter"),
              std::string::npos);
}

// The reply to the next MAIL must not be taken for that to the end of the data.
TEST_F(NoiseTest, EndsTheSessionOnceAnotherMessageIsBehind) {
    serve("192.0.2.1:25", hello + Script{"C MAIL", "C RCPT", "C DATA", "S 250 ok", "S 250 ok",
                                         "S 354 go", "D", "C MAIL", "C RCPT", "C DATA",
                                         "S 25 taken", "S 250 ok", "S 250 ok", "S 354 go", "E"});
    serve("192.0.2.1:25", hello + Script{"C MAIL", "C RCPT TO:<b", "C DATA", "S 250 ok", "S 250 ok",
                                         "S 354 go", "D", "S 250 two", "Z"});
    add(request({"a@x"}));
    add(request({"b@x"}));
    run();
    EXPECT_EQ(outcome(0),
              "deferred 4.5.0 Protocol error: host 192.0.2.1[192.0.2.1] sent what is no reply (in "
              "reply to end of DATA command)");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 two");
    EXPECT_EQ(queue.marked.size(), 1u);
}

// One recipient's reply must not be taken for another's.
TEST_F(NoiseTest, EndsAnLmtpSessionAmongTheReplies) {
    options.lmtp = true;
    options.nexthop.rules.lmtp = true;
    serve("192.0.2.1:24", {"S 220 mx", "C LHLO", "S 250-mx", "S 250 PIPELINING", "C MAIL", "C RCPT",
                           "C RCPT", "C DATA", "S 250 ok", "S 250 ok", "S 250 ok", "S 354 go", "D",
                           "S junk", "S 250 taken", "E"});
    deliver({"a@x", "b@x"}, "inet:192.0.2.1:24");
    for (size_t i : {0u, 1u})
        EXPECT_EQ(outcome(0, i),
                  "deferred 4.5.0 Protocol error: host 192.0.2.1[192.0.2.1] sent what is no reply "
                  "(in reply to end of DATA command)");
    EXPECT_TRUE(queue.marked.empty());
}

}  // namespace
}  // namespace smtp_test
