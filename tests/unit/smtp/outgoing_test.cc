// What servers are shown of a message in place of the addresses in the queue: generic(5).
#include "smtp/outgoing.h"

#include "lib/config/main_cf.h"
#include "smtp/address_headers.h"
#include "tests/unit/smtp/world.h"

namespace smtp_test {
namespace {

std::vector<std::string> found_in(const std::string& content) {
    FakeSource source(content, true);
    smtp::AddressHeaders headers(source);
    std::vector<std::string> found;
    for (auto one = headers.next(); one; one = headers.next()) {
        EXPECT_EQ(content.substr(one->value_at, one->value.size()), one->value);
        found.push_back(one->value);
    }
    return found;
}

TEST(AddressHeaders, Found) {
    using List = std::vector<std::string>;
    const std::string filler = "X-Filler: " + std::string(20000, 'x') + "\r\n";
    const std::string endless = "To: " + std::string(200000, 'x') + "\r\n";
    std::string folded = "To: a@x";
    for (int i = 0; i < 20000; ++i)
        folded += ",\r\n b@x";
    struct Row {
        std::string content;
        List values;
    };
    const Row rows[] = {
        {"", {}},
        {"\r\nTo: body@x\r\n", {}},
        {"From: a@x\r\nTo: b@x\r\nSubject: to@x\r\n\r\nCc: body@x\r\n", {" a@x\r\n", " b@x\r\n"}},
        {"to:a@x\r\n,\r\n\r\n", {"a@x\r\n"}},
        {"To: a@x,\r\n\tb@x,\r\n c@x\r\nX: y\r\n z\r\nResent-Cc : d@x\r\n\r\n",
         {" a@x,\r\n\tb@x,\r\n c@x\r\n", " d@x\r\n"}},
        {"To: a@x\r\nno header\r\nCc: b@x\r\n\r\n", {" a@x\r\n"}},
        {" To: a@x\r\n\r\n", {}},
        {"To: a@x", {" a@x"}},
        {"To: a@x\r\n b@x", {" a@x\r\n b@x"}},
        {filler + "To: a@x\r\n" + filler + "Cc: b@x\r\n\r\n", {" a@x\r\n", " b@x\r\n"}},
        {endless + "Cc: b@x\r\n\r\n", {" b@x\r\n"}},
        {folded + "\r\nCc: b@x\r\n\r\n", {" b@x\r\n"}},
    };
    for (const Row& row : rows)
        EXPECT_EQ(found_in(row.content), row.values) << row.content.substr(0, 60);
}

std::string read_by(spool::MessageSource& source, size_t step) {
    std::string all;
    for (std::string piece(step, '\0'); piece.size() == step;) {
        piece.resize(source.read(piece, all.size()));
        all += piece;
    }
    return all;
}

TEST(PatchedContent, ReadsInPiecesOfAnySize) {
    struct Row {
        smtp::Patches patches;
        std::string shown;
    };
    const Row rows[] = {
        {{}, "0123456789"},
        {{{0, 1, "abc"}}, "abc123456789"},
        {{{9, 1, ""}}, "012345678"},
        {{{0, 10, "x"}}, "x"},
        {{{2, 3, ""}, {5, 0, "++"}, {8, 1, "long text"}}, "01++567long text9"},
        {{{10, 0, "end"}}, "0123456789end"},
    };
    for (const Row& row : rows)
        for (size_t step : {1, 2, 3, 7, 100}) {
            smtp::PatchedContent shown(std::make_unique<FakeSource>("0123456789", true),
                                       row.patches);
            EXPECT_EQ(shown.size(), row.shown.size());
            EXPECT_EQ(read_by(shown, step), row.shown);
        }
    smtp::Patches none;
    EXPECT_FALSE(smtp::PatchedContent(std::make_unique<FakeSource>("", false), none).still_valid());
}

struct OutgoingTest : World {
    std::optional<config::Settings> settings;
    std::optional<dict::Tables> tables;

    void configure(const std::string& lines) {
        settings = config::Settings::from(
            config::MainCf::parse("compatibility_level = 3.6\nmyhostname = "
                                  "mail.example.org\nmydestination = here.example\n"
                                  "recipient_delimiter = +\n" +
                                      lines,
                                  "main.cf"),
            "/etc/postfix");
        tables.emplace(*settings);
        options.outgoing = smtp::OutgoingAddresses(*settings, *tables, "smtp_generic_maps",
                                                   settings->flag("smtp_quote_rfc821_envelope"));
    }
    static constexpr const char* generic =
        "smtp_generic_maps = inline:{ {s@example.org=pub@public.example} {user=full@pub.example} "
        "{@inside.example=@outside.example} {a@x=b@x} {b@x=c@x} {joe@x=bill@x} {two@x=one@y, "
        "two@y} }\n";
    // What RCPT (or MAIL) says for `address`.
    std::string shown(const std::string& address) {
        ipc::DeliveryRequest made = request({address});
        std::string result = "nothing";
        lanes.spawn(show_into(made, result));
        loop.run_until_idle();
        return result;
    }
    io::Task<void> show_into(const ipc::DeliveryRequest& made, std::string& result) {
        smtp::Shown all = co_await options.outgoing.show(made, nullptr);
        result = all.recipients.front();
    }
};

TEST_F(OutgoingTest, Addresses) {
    configure(generic);
    const std::pair<const char*, const char*> rows[] = {
        {"a@x", "b@x"},  // once only
        {"s@example.org", "pub@public.example"},
        {"other@example.org", "other@example.org"},
        {"u+e@inside.example", "u+e@outside.example"},
        {"user@here.example", "full@pub.example"},
        {"user@example.net", "user@example.net"},
        {"joe+ext@x", "bill@x"},
        {"two@x", "one@y"},
        {"\"a b\"@inside.example", "\"a b\"@outside.example"},
    };
    for (auto [address, want] : rows)
        EXPECT_EQ(shown(address), want);
    read_log();
    EXPECT_NE(log.find("warning: multi-valued smtp_generic_maps result for two@x"),
              std::string::npos);
    configure(std::string(generic) + "propagate_unmatched_extensions = generic\n");
    EXPECT_EQ(shown("joe+ext@x"), "bill+ext@x");
}

TEST_F(OutgoingTest, WithoutQuotes) {
    configure("smtp_quote_rfc821_envelope = no\n");
    EXPECT_TRUE(options.outgoing.change());
    EXPECT_FALSE(options.outgoing.change_headers());
    EXPECT_EQ(shown("\"a b\"@x"), "a b@x");
    EXPECT_EQ(shown("\"a..b\"@x"), "a..b@x");
    EXPECT_EQ(shown("\"a> SIZE=1 <\"@x"), "\"a> SIZE=1 <\"@x");
    configure("");
    EXPECT_FALSE(options.outgoing.change());
}

TEST_F(OutgoingTest, EnvelopeHeadersAndSize) {
    configure(generic);
    queue.usual = "From: Me <s@example.org>\r\nTo: a@x\r\nSubject: s@example.org\r\n\r\na@x\r\n";
    const std::string sent =
        "From: Me <pub@public.example>\r\nTo: b@x\r\nSubject: s@example.org\r\n\r\na@x\r\n";
    serve(
        "192.0.2.1:25",
        {"S 220 mx", "C EHLO", "S 250-mx", "S 250-PIPELINING", "S 250-DSN", "S 250 SIZE 1000",
         "C MAIL FROM:<pub@public.example> SIZE=" + std::to_string(sent.size()),
         "C RCPT TO:<b@x> ORCPT=rfc822;a@x", "C RCPT TO:<z@x> ORCPT=rfc822;was+2Bso@x NOTIFY=DELAY",
         "C RCPT TO:<y@x> ORCPT=rfc822;before@y", "C DATA", "S 250 ok", "S 250 ok", "S 250 ok",
         "S 250 ok", "S 354 go", "D", "S 250 2.0.0 taken", "Z"});
    ipc::DeliveryRequest made = request({"a@x", "z@x", "y@x"});
    made.recipients[1].orcpt = "rfc822;was+2Bso@x";
    made.recipients[1].notify = mail::notify_delay;
    made.recipients[2].original = "before@y";
    add(made);
    run();
    EXPECT_EQ(dialer.heard[0].wrong, "");
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 2.0.0 taken");
    EXPECT_EQ(dialer.heard[0].contents, std::vector<std::string>{sent});
    read_log();
    EXPECT_NE(log.find("Q1: to=<a@x>, relay"), std::string::npos) << log;
}

TEST_F(OutgoingTest, TheNextMessageStillGoesBehindTheDot) {
    configure(generic);
    serve("192.0.2.1:25", {"S 220 mx",
                           "C EHLO",
                           "S 250-mx",
                           "S 250 PIPELINING",
                           "C MAIL FROM:<pub@",
                           "C RCPT TO:<b@x>",
                           "C DATA",
                           "S 250 ok",
                           "S 250 ok",
                           "S 354 go",
                           "D",
                           "C MAIL FROM:<pub@",
                           "C RCPT TO:<u@outside",
                           "C DATA",
                           "S 250 one",
                           "S 250 ok",
                           "S 250 ok",
                           "S 354 go",
                           "D",
                           "S 250 two",
                           "Z"});
    add(request({"a@x"}));
    add(request({"u@inside.example"}));
    run();
    EXPECT_EQ(dialer.heard[0].wrong, "");
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 one");
    EXPECT_EQ(outcome(1), "sent 2.0.0 250 two");
}

TEST_F(OutgoingTest, ATableInTroubleDefers) {
    configure("smtp_generic_maps = fail:x\n");
    add(request({"a@x", "b@x"}));
    add(request({"c@x"}));
    run();
    for (auto [report, place] : {std::pair(0, 0), {0, 1}, {1, 0}})
        EXPECT_EQ(outcome(report, place),
                  "deferred 4.3.0 smtp_generic_maps map lookup problem for s@example.org: table "
                  "fail:x always fails");
    EXPECT_TRUE(dialer.dialled.empty());
    read_log();
    EXPECT_NE(log.find("delays=0/0/0/0, dsn=4.3.0"), std::string::npos) << log;
}

// The same where that turns out beside the delivery of another message.
TEST_F(OutgoingTest, ATableInTroubleDefersTheNextMessageToo) {
    configure("smtp_generic_maps = inline:{{s@example.org=pub@x} {a@x=b@x}}, fail:y\n");
    serve("192.0.2.1:25", {"S 220 mx", "C EHLO", "S 250 mx", "C MAIL", "S 250 ok", "C RCPT",
                           "S 250 ok", "C DATA", "S 354 go", "D", "S 250 one", "Z"});
    add(request({"a@x"}));
    add(request({"c@x"}));
    run();
    EXPECT_EQ(outcome(0), "sent 2.0.0 250 one");
    EXPECT_EQ(outcome(1),
              "deferred 4.3.0 smtp_generic_maps map lookup problem for c@x: table fail:y always "
              "fails");
    read_log();
    EXPECT_NE(log.find("Q2: to=<c@x>, relay=none, delay=0, delays=0/0/0/0, dsn=4.3.0"),
              std::string::npos)
        << log;
}

TEST_F(OutgoingTest, ContentThatCannotBeReadDefers) {
    configure(generic);
    queue.readable = false;
    deliver({"a@x"});
    EXPECT_EQ(outcome(0).substr(0, 47), "deferred 4.3.0 cannot read the message: open: I");
    EXPECT_TRUE(dialer.dialled.empty());
}

TEST_F(OutgoingTest, OrcptIsNotMadeUpWhereOriginalsAreNotKept) {
    options.original_recipients = false;
    serve("192.0.2.1:25", {"S 220 mx", "C EHLO", "S 250-mx", "S 250 DSN", "C MAIL", "S 250 ok",
                           "C RCPT TO:<a@x>", "S 450 no", "Z"});
    deliver({"a@x"});
    ASSERT_EQ(dialer.heard[0].commands.size(), 3u);
    EXPECT_EQ(dialer.heard[0].commands[2], "RCPT TO:<a@x>");
}

}  // namespace
}  // namespace smtp_test
