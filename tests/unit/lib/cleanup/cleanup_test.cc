// Mail on its way in: headers added, hops counted, line ends made whole.
#include <gtest/gtest.h>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/cleanup/received.h"
#include "tests/unit/lib/esmtp/fuzz_corpus.h"

#define LLVMFuzzerTestOneInput message_filter_target
#include "tests/fuzz/message_filter.cc"

namespace {

using cleanup::MessageFilter;
using cleanup::Options;

Options options() {
    Options options;
    options.myhostname = "mx.example.com";
    options.myorigin = "example.com";
    options.hopcount_limit = 3;
    return options;
}

struct Result {
    std::string content, id;
    bool too_many_hops;
};

Result run(std::string_view in, bool local, const Options& with = options(),
           std::string_view sender = "s@example.net") {
    std::vector<Result> results;
    for (size_t step : {in.size() + 1, size_t{1}, size_t{7}}) {
        MessageFilter filter(with,
                             {"ABC", std::string(sender),
                              base::WallTime(base::Duration(1'700'000'000'000'000)), local},
                             1);
        Result result;
        for (size_t i = 0; i < in.size(); i += step)
            filter.feed(in.substr(i, step), result.content);
        filter.finish(result.content);
        result.id = filter.message_id();
        result.too_many_hops = filter.too_many_hops();
        results.push_back(result);
        EXPECT_EQ(result.content, results[0].content) << step;
        EXPECT_EQ(result.id, results[0].id) << step;
    }
    return results[0];
}

TEST(CleanupFilter, LeavesCompleteMailAlone) {
    const std::string mail =
        "Message-ID: <a@b>\r\nSubject: x\r\n\tfolded\r\n\r\nbody\r\nFoo: no header\r\n";
    auto result = run(mail, false);
    EXPECT_EQ(result.content, mail);
    EXPECT_EQ(result.id, "<a@b>");
}

TEST(CleanupFilter, AddsWhatIsMissingForLocalClientsOnly) {
    setenv("TZ", "UTC", 1);
    tzset();
    auto remote = run("Subject: x\r\n\r\nbody\r\n", false);
    EXPECT_EQ(remote.content, "Subject: x\r\n\r\nbody\r\n");
    EXPECT_EQ(remote.id, "");
    auto local = run("Subject: x\r\n\r\nbody\r\n", true);
    EXPECT_EQ(local.content,
              "Subject: x\r\nMessage-Id: <20231114221320.ABC@mx.example.com>\r\n"
              "Date: Tue, 14 Nov 2023 22:13:20 +0000 (UTC)\r\nFrom: s@example.net\r\n\r\nbody\r\n");
    EXPECT_EQ(local.id, "<20231114221320.ABC@mx.example.com>");
    auto with = options();
    with.always_add_missing_headers = true;
    with.undisclosed_recipients_header = "To: undisclosed-recipients:;";
    auto always = run("Date: now\r\nMESSAGE-ID: <i>\r\n\r\n", false, with, "");
    EXPECT_EQ(always.content,
              "Date: now\r\nMESSAGE-ID: <i>\r\nFrom: MAILER-DAEMON@example.com\r\n"
              "To: undisclosed-recipients:;\r\n\r\n");
}

TEST(CleanupFilter, CompletesMailThatWasSentAgain) {
    auto result =
        run("From: a@b\r\nDate: d\r\nMessage-ID: <1>\r\nResent-From: c@d\r\n"
            "Resent-Message-ID: <2>\r\n\r\n",
            true);
    EXPECT_EQ(result.id, "<2>");
    EXPECT_NE(result.content.find("Resent-Date: Tue"), result.content.npos);
    EXPECT_EQ(result.content.find("Resent-Message-Id:"), result.content.npos);
}

TEST(CleanupFilter, EndsHeadersWhereTheyEnd) {
    struct Row {
        std::string in, out;
    };
    const Row rows[] = {
        {"", ""},
        {"\r\nbody\r\n", "\r\nbody\r\n"},
        {"no header at all\r\n", "\r\nno header at all\r\n"},
        {"A: 1\r\nno header\r\n", "A: 1\r\n\r\nno header\r\n"},
        {" starts blank\r\n", "\r\n starts blank\r\n"},
        {"A: 1\r\n", "A: 1\r\n"},
        {"A: 1", "A: 1\r\n"},
        {"A : 1\r\n\r\nx", "A : 1\r\n\r\nx\r\n"},
        {": 1\r\n", "\r\n: 1\r\n"},
        {"From a@b Mon\r\nA: 1\r\n\r\n", "X-Mailbox-Line: From a@b Mon\r\nA: 1\r\n\r\n"},
        {"A: 1\r\n\r\nx\ry\r", "A: 1\r\n\r\nx y \r\n"},
        {"A: 1\r2\r\n\r\n", "A: 1 2\r\n\r\n"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(run(row.in, false).content, row.out) << row.in;
}

TEST(CleanupFilter, HoldsOnlyTheStartOfALongHeader) {
    std::string mail = "X: " + std::string(5000, 'x') + "\r\n " + std::string(3000, 'y') +
                       "\r\nMessage-ID:\r\n <m>\r\n\r\nb\r\n";
    auto result = run(mail, false);
    EXPECT_EQ(result.content, mail);
    EXPECT_EQ(result.id, "<m>");
    std::string text(5000, 'x');
    EXPECT_EQ(run(text, false).content, "\r\n" + text + "\r\n");
}

TEST(CleanupFilter, DropsHeadersByName) {
    auto with = options();
    with.drop_headers = {"bcc", "Return-Path", "message-id"};
    const std::string body = "\r\nBcc: in the body\r\n";
    struct Row {
        std::string in, out;
    };
    const Row rows[] = {
        {"A: 1\r\nBCC: x\r\n y\r\n\tz\r\nB: 2\r\n 3\r\n", "A: 1\r\nB: 2\r\n 3\r\n"},
        {"Return-Path : <a@b>\r\nA: 1\r\n", "A: 1\r\n"},
        {"Bcc: x\r\n", ""},
        {"Bcc-: x\r\nBc: y\r\n", "Bcc-: x\r\nBc: y\r\n"},
        {"Bcc: " + std::string(5000, 'x') + "\r\n " + std::string(3000, 'y') + "\r\nA: 1\r\n",
         "A: 1\r\n"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(run(row.in + body, false, with).content, row.out + body) << row.in;
    EXPECT_EQ(run("Bcc: x\r\nno header\r\n", false, with).content, "\r\nno header\r\n");
    EXPECT_EQ(run("A: 1\r\nBcc: x", false, with).content, "A: 1\r\n");
    std::string cut = "A: 1\r\nBcc: " + std::string(2000, 'x');
    EXPECT_EQ(run(cut, false, with).content, "A: 1\r\n");
    auto seen = run("Message-ID: <m>\r\n\r\n", true, with);
    EXPECT_EQ(seen.id, "<m>");
    EXPECT_EQ(seen.content.find("Message-"), std::string::npos) << seen.content;
}

TEST(CleanupFilter, ABlindCopyNamesNoRecipient) {
    auto with = options();
    with.always_add_missing_headers = true;
    with.undisclosed_recipients_header = "To: undisclosed-recipients:;";
    with.drop_headers = {"bcc"};
    EXPECT_NE(run("Bcc: x\r\n\r\n", false, with).content.find("To: undisclosed"),
              std::string::npos);
}

TEST(CleanupOptions, DropWhatTellsOfBlindCopies) {
    auto settings = config::Settings::from(config::MainCf::parse("", "main.cf"), "/etc/postfix");
    EXPECT_EQ(Options::from(settings).drop_headers,
              (std::vector<std::string>{"bcc", "content-length", "resent-bcc", "return-path"}));
}

TEST(CleanupFilter, CountsHops) {
    EXPECT_FALSE(run("Received: a\r\n\r\nReceived: in the body\r\n", false).too_many_hops);
    EXPECT_TRUE(run("Received: a\r\nreceived: b\r\n\r\n", false).too_many_hops);
}

TEST(CleanupFilter, HoldsForRandomMail) {
    base::log::Options nobody_listens;
    nobody_listens.postlog_socket = "/nonexistent";
    nobody_listens.file_when_absent = "/dev/null";  // or the next test gets the lines
    base::log::open(nobody_listens);
    esmtp_test::run_corpus(
        message_filter_target,
        {"\r", "\n", "\r\n", "Message-ID:", "\r\nBcc:", " <a@b>", "From: x", "From ", ">",
         "Received: y\r\n", "\t", "body", "\r\n\r\n", std::string(700, 'z')},
        5000);
    base::log::Options aloud;
    aloud.only_stderr = true;
    base::log::open(aloud);
}

// The headers that would be rewritten, as they are given out for that.
TEST(CleanupFilter, GivesHeadersWithAddressesWhole) {
    const std::string mail =
        "From: a,\r\n\tb\r\nX: c\r\nTO : d\r\nResent-Cc: e\r\n f\r\nBcc: g\r\n"
        "Subject: To: no\r\nSender: h\r\n\r\nTo: body\r\n";
    auto with = options();
    with.drop_headers = {"bcc"};
    for (size_t step : {mail.size(), size_t{1}, size_t{7}}) {
        MessageFilter::About about{"ABC", "s@example.net", base::WallTime()};
        about.hold_addresses = true;
        MessageFilter filter(with, about, 1);
        std::string all, found;
        auto collect = [&](const std::string& out) {
            for (const auto& header : filter.take_address_headers())
                base::append(found, header.of_sender ? "<" : ">",
                             out.substr(header.begin, header.size));
            all += out;
        };
        for (size_t i = 0; i < mail.size(); i += step) {
            std::string out;
            filter.feed(std::string_view(mail).substr(i, step), out);
            collect(out);
        }
        std::string out;
        filter.finish(out);
        collect(out);
        EXPECT_EQ(found, "<From: a,\r\n\tb\r\n>TO : d\r\n>Resent-Cc: e\r\n f\r\n<Sender: h\r\n");
        std::string expected = mail;
        expected.erase(expected.find("Bcc: g\r\n"), 8);
        EXPECT_EQ(all, expected) << step;
    }
}

TEST(CleanupFilter, LetsLongHeadersPass) {
    auto with = options();
    std::string mail = "To: " + std::string(200000, 'x') + "\r\nFrom: a\r\n\r\n";
    MessageFilter::About about{"ABC", "s@example.net", base::WallTime()};
    about.hold_addresses = true;
    MessageFilter filter(with, about, 1);
    std::string out;
    filter.feed(mail, out);
    filter.finish(out);
    EXPECT_EQ(out, mail);
    EXPECT_EQ(filter.take_address_headers().size(), 1u);
}

struct TlsCase {
    std::string headers;
    mail::TlsWish came, wish;
    std::string added = {};
    Options with = options();
};

// A message of `in` that came with the wish `came`: what is stored of it.
std::string filter_tls(MessageFilter& filter, std::string_view in, size_t step) {
    std::string out;
    for (size_t i = 0; i < in.size(); i += step)
        filter.feed(in.substr(i, step), out);
    filter.finish(out);
    return out;
}

TEST(CleanupFilter, HearsWhatHeadersAskOfTls) {
    using enum mail::TlsWish;
    Options deaf = options(), plain = options(), dropping = options();
    deaf.reads_tls_required = false;
    plain.keeps_requiretls = false;
    dropping.drop_headers = {"require-tls-esmtp", "TLS-Required"};
    const std::string demand = "Require-TLS-ESMTP: yes\r\n";
    const std::string blanks(2000, ' ');
    const TlsCase cases[] = {
        {"Subject: x\r\n", as_configured, as_configured},
        {"TLS-Required: no\r\n", as_configured, optional},
        {"tls-required:NO\r\nA: b\r\n", as_configured, optional},
        {"TLS-Required : \r\n\t No \r\n \r\nA: b\r\n", as_configured, optional},
        {"TLS-Required: no", as_configured, optional},
        {"TLS-Required: yes\r\n", as_configured, as_configured},
        {"TLS-Required: n\r\n o\r\n", as_configured, as_configured},
        {"TLS-Required: no, no\r\n", as_configured, as_configured},
        {"TLS-Required: no\r\n more\r\n", as_configured, as_configured},
        {"TLS-Required:\r\nA: no\r\n", as_configured, as_configured},
        {"TLS-Required: yes\r\nTLS-Required: no\r\n", as_configured, optional},
        {"TLS-Required: no" + blanks + "\r\n", as_configured, as_configured},
        {"TLS-Required: no" + blanks + "x\r\n", as_configured, as_configured},
        {"TLS-Required: no\r\n" + blanks + "\r\n", as_configured, as_configured},
        {"X-TLS-Required: no\r\n", as_configured, as_configured},
        {"Subject: x\r\n TLS-Required: no\r\n", as_configured, as_configured},
        {"\r\nTLS-Required: no\r\n", as_configured, as_configured},
        {"no header\r\nTLS-Required: no\r\n", as_configured, as_configured},
        {"TLS-Required: no\r\n", as_configured, as_configured, "", deaf},
        {"TLS-Required: no\r\n", optional, optional, "", deaf},
        {demand, as_configured, required},
        {"REQUIRE-TLS-ESMTP:\r\n YES\r\n", as_configured, required},
        {"Require-TLS-ESMTP: no\r\n", as_configured, as_configured},
        {"Require-TLS-ESMTP: true\r\n", as_configured, as_configured},
        {demand + "TLS-Required: no\r\n", as_configured, required},
        {"TLS-Required: no\r\n" + demand, as_configured, required},
        {demand, as_configured, as_configured, "", plain},
        {"TLS-Required: no\r\n", as_configured, optional, "", plain},
        {"A: b\r\n", required, required, demand},
        {"", required, required, demand},
        {"A: b\r\n", required, required, "", plain},
        {demand, required, required},
        {"Require-TLS-ESMTP: no\r\n", required, required, demand},
        {"TLS-Required: no\r\n", required, required, demand},
        {"A: b\r\n", required, required, "", dropping},
        {demand + "A: b\r\n", as_configured, required, "", dropping},
        {"TLS-Required: no\r\n", as_configured, optional, "", dropping},
    };
    for (const TlsCase& one : cases)
        for (size_t step : {size_t{4000}, size_t{1}, size_t{7}}) {
            SCOPED_TRACE(one.headers.substr(0, 100));
            MessageFilter::About about{"ABC", "s@example.net", base::WallTime()};
            about.tls_wish = one.came;
            MessageFilter filter(one.with, about, 1);
            std::string stored = filter_tls(filter, one.headers, step);
            EXPECT_EQ(filter.tls_wish(), one.wish);
            size_t times = 0;
            for (size_t at = 0; (at = stored.find(demand, at)) != stored.npos; ++at)
                ++times;
            bool kept =
                one.with.drop_headers.empty() && one.headers.find(demand) != std::string::npos;
            EXPECT_EQ(times, size_t{kept} + size_t{!one.added.empty()}) << stored;
        }
}

TEST(CleanupFilter, PutsTheDemandForTlsBehindTheOtherHeaders) {
    MessageFilter::About about{"ABC", "s@example.net", base::WallTime()};
    about.tls_wish = mail::TlsWish::required;
    const Options with = options();
    MessageFilter filter(with, about, 1);
    EXPECT_EQ(filter_tls(filter, "A: b\r\nB: c\r\n d\r\n\r\nbody\r\n", 1),
              "A: b\r\nB: c\r\n d\r\nRequire-TLS-ESMTP: yes\r\n\r\nbody\r\n");
}

TEST(CleanupReceived, NamesClientAndRecipient) {
    setenv("TZ", "UTC", 1);
    tzset();
    mail::Envelope envelope;
    envelope.queue_id = "ABC";
    envelope.arrival = base::WallTime(base::Duration(1'700'000'000'000'000));
    envelope.client_name = "unknown";
    envelope.client_address = "2001:db8::1";
    envelope.helo_name = "h(e;l)o";
    envelope.protocol = "ESMTP";
    envelope.recipients = {{"r@example.com", "", 0, ""}};
    EXPECT_EQ(cleanup::received_header(options(), envelope),
              "Received: from h?e?l?o (unknown [IPv6:2001:db8::1])\r\n"
              "\tby mx.example.com (Postfix) with ESMTP id ABC\r\n"
              "\tfor <r@example.com>; Tue, 14 Nov 2023 22:13:20 +0000 (UTC)\r\n");
    envelope.recipients.push_back({"s@example.com", "", 0, ""});
    EXPECT_NE(cleanup::received_header(options(), envelope).find("id ABC;\r\n\tTue"),
              std::string::npos);
}

TEST(CleanupAddress, CompletesBareNames) {
    EXPECT_EQ(cleanup::complete(options(), "root"), "root@example.com");
    EXPECT_EQ(cleanup::complete(options(), "a@b"), "a@b");
    EXPECT_EQ(cleanup::complete(options(), ""), "");
}

}  // namespace
