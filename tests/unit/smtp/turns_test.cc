// A relay that hangs keeps a message for its turn, where another one is left to ask.
#include "tests/unit/smtp/relay_world.h"

namespace smtp_test {
namespace {

const std::string first = "192.0.2.1:25";
const std::string second = "192.0.2.2:25";
const std::string third = "192.0.2.3:25";

// Silent behind what the script says.
Script hanging(Script script) {
    script.push_back("Z");
    return script;
}

const Script greeted = {"S 220 mx", "C EHLO"};

Script plain(const Script& more) {
    Script script = greeted;
    script.push_back("S 250 mx");
    script.insert(script.end(), more.begin(), more.end());
    return hanging(script);
}

Script with(const std::string& capabilities, const Script& more) {
    Script script = greeted;
    script.insert(script.end(), {"S 250-mx", "S 250-" + capabilities, "S 250 8BITMIME"});
    script.insert(script.end(), more.begin(), more.end());
    return hanging(script);
}

struct TurnsTest : RelayWorld {
    // How many seconds pass before the next report; at most 1000.
    int wait() {
        size_t before = reports.size();
        int seconds = 0;
        while (reports.size() == before && seconds < 1000) {
            pass(1s);
            ++seconds;
        }
        return seconds;
    }
    int sent_after(const std::string& nexthop = both) {
        size_t before = reports.size();
        send(one, nexthop);
        return reports.size() > before ? 0 : wait();
    }
};

TEST_F(TurnsTest, AtWhateverCommandItHangs) {
    struct Row {
        const char* what;
        Script script;
        int most;
    };
    const Row rows[] = {
        {"greeting", {"Z"}, 5},
        {"EHLO", hanging(greeted), 30},
        {"HELO", hanging({"S 220 mx", "C EHLO", "S 502 what", "C HELO"}), 30},
        {"MAIL", plain({"C MAIL"}), 30},
        {"RCPT", plain({"C MAIL", "S 250 ok", "C RCPT"}), 30},
        {"DATA", plain({"C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "C DATA"}), 30},
        {"MAIL, pipelined", with("PIPELINING", {"C MAIL", "C RCPT", "C DATA"}), 30},
        {"MAIL, with chunks", with("CHUNKING", {"C MAIL"}), 30},
        {"MAIL, with chunks, pipelined", with("CHUNKING\r\n250-PIPELINING", {"C MAIL", "C RCPT"}),
         30},
    };
    for (const Row& row : rows) {
        serve(first, row.script);
        serve(second, taking("second"));
        EXPECT_EQ(sent_after(), row.most) << row.what;
        EXPECT_EQ(last(), "sent 2.0.0 250 second") << row.what;
        // Each row finds the relay as new, and no connection to its peer.
        auto record = table.find(health::Scope::endpoint, first_key);
        ASSERT_TRUE(record) << row.what;
        record->reset("root", loop.now());
        pass(100s);
    }
}

TEST_F(TurnsTest, TheFirstOfSeveralChunks) {
    queue.usual = "Subject: x\r\n\r\n";
    while (queue.usual.size() < 200'000)
        queue.usual += "0123456789012345678901234567890123456789012345678\r\n";
    serve(first, with("CHUNKING", {"C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "B"}));
    serve(second, taking("second"));
    EXPECT_EQ(sent_after(), 30);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
}

TEST_F(TurnsTest, TheLastOneHasItsOwnTime) {
    struct Row {
        const char* what;
        std::string nexthop;
        bool configured;
        bool health;
        int seconds;
    };
    const Row rows[] = {
        {"a list", both, true, true, 30 + 300},
        {"one relay", "[192.0.2.1]:25", true, true, 300},
        {"a domain's own exchangers", "x.example", false, true, 600},
        {"without failover", both, true, false, 600},
    };
    names.mx("x.example", 10, "a.example").mx("x.example", 20, "b.example");
    names.a("a.example", "192.0.2.1").a("b.example", "192.0.2.2");
    for (const Row& row : rows) {
        change().health = row.health;
        for (const std::string& at : {first, second})
            serve(at, plain({"C MAIL"}));
        ipc::DeliveryRequest made = request({"r@x.example"}, row.nexthop);
        made.configured = row.configured;
        send(one, std::move(made));
        EXPECT_EQ(wait(), row.seconds) << row.what;
        EXPECT_TRUE(last().starts_with("deferred 4.4.2 conversation with")) << last();
        for (const std::string& at : {first, second})
            dialer.scripts[at].clear();
        for (const auto& record : table.all())
            record.reset("root", loop.now());
        pass(100s);
    }
}

TEST_F(TurnsTest, LaterTurnsAreShorter) {
    serve(first, plain({"C MAIL"}));
    serve(second, plain({"C MAIL"}));
    serve(third, taking("third"));
    EXPECT_EQ(sent_after("[192.0.2.1]:25, [192.0.2.2]:25, [192.0.2.3]:25"), 30 + 15);
    EXPECT_EQ(last(), "sent 2.0.0 250 third");
}

TEST_F(TurnsTest, BehindTheDotThereIsNoTurn) {
    serve(first, plain({"C MAIL", "S 250 ok", "C RCPT", "S 250 ok", "C DATA", "S 354 go", "D"}));
    serve(second, taking("second"));
    EXPECT_EQ(sent_after(), 600);
    EXPECT_TRUE(last().starts_with("deferred 4.4.2 conversation with 192.0.2.1")) << last();
}

TEST_F(TurnsTest, OverAConnectionThatHasTakenMail) {
    options.idle_limit = 100s;
    Script twice = taking("first");
    twice.pop_back();
    twice.insert(twice.end(), {"C MAIL", "Z"});
    serve(first, twice);
    serve(second, taking("second"));
    EXPECT_EQ(sent_after(), 0);
    EXPECT_EQ(sent_after(), 30);
    EXPECT_EQ(last(), "sent 2.0.0 250 second");
}

// What it has in one piece with the envelope it may take: nobody else is asked for want of a reply.
TEST_F(TurnsTest, ItIsNotCutShortWhenItMayHaveTheMessage) {
    options.idle_limit = 100s;
    Script twice = greeted;
    twice.insert(twice.end(),
                 {"S 250-mx", "S 250-PIPELINING", "S 250 CHUNKING", "C MAIL", "C RCPT", "S 250 ok",
                  "S 250 ok", "B", "S 250 first", "C MAIL", "C RCPT", "B", "Z"});
    serve(first, twice);
    serve(second, taking("second"));
    EXPECT_EQ(sent_after(), 0);
    EXPECT_EQ(sent_after(), 300);
    EXPECT_TRUE(last().starts_with("deferred 4.4.2 conversation with 192.0.2.1")) << last();
}

}  // namespace
}  // namespace smtp_test
