#include "bounce/report.h"

#include <gtest/gtest.h>

#include "bounce/original.h"
#include "lib/base/text.h"

namespace bounce {
namespace {

using namespace std::chrono_literals;

const Identity identity{"mx.example", "Postfix", 50000};

ipc::BounceRequest some_request() {
    ipc::BounceRequest request;
    request.envelope.queue_id = "3F2A11B2C4";
    request.envelope.sender = "a@example.org";
    request.envelope.arrival = base::WallTime(1700000000s);
    request.envelope.recipients = {{"x@example.com", "", 0, ""},
                                   {"y@example.com", "z@example.com", 0, "rfc822;Z@example.com"}};
    mail::Outcome refused;
    refused.recipient = 0;
    refused.status = mail::Status::bounced;
    refused.dsn = {5, 1, 1};
    refused.reason =
        "host r.example[192.0.2.1] said: 550 5.1.1 no such user (in reply to RCPT TO command)";
    refused.remote_mta = "r.example";
    refused.diagnostic = "550 5.1.1 no such user";
    mail::Outcome expired;
    expired.recipient = 4;
    expired.dsn = {4, 4, 1};
    expired.reason = "connect to r.example[192.0.2.1]:25: Connection refused";
    request.outcomes = {refused, expired};
    request.size = 1000;
    return request;
}

std::string report_text(const ipc::BounceRequest& request) {
    Making making{"4ABC", base::WallTime(1700000100s), attached(request, identity)};
    Report report = make_report(request, identity, making);
    return report.before + "<content>" + report.after;
}

TEST(BounceReport, SaysWhatItIsAReportOf) {
    struct Row {
        ipc::ReportKind kind;
        const char* subject;
        const char* first_action;
        const char* second_action;
    };
    const Row rows[] = {
        {ipc::ReportKind::success, "Successful Mail Delivery Report", "relayed", "delivered"},
        {ipc::ReportKind::status, "Mail Delivery Status Report", "failed", "delayed"},
        {ipc::ReportKind::probe, "Mail Delivery Status Report", "undeliverable", "deliverable"},
    };
    for (const Row& row : rows) {
        ipc::BounceRequest request = some_request();
        request.kind = row.kind;
        if (row.kind == ipc::ReportKind::success)
            request.outcomes[0].status = mail::Status::sent;
        if (row.kind != ipc::ReportKind::status)
            request.outcomes[1].status = mail::Status::sent;
        std::string text = report_text(request);
        for (const std::string& wanted :
             {base::text("Subject: ", row.subject, "\r\n"),
              base::text("x@example.com\r\nAction: ", row.first_action, "\r\n"),
              base::text("rfc822;Z@example.com\r\nAction: ", row.second_action, "\r\n"),
              std::string("Content-Type: text/rfc822-headers\r\n")})
            EXPECT_NE(text.find(wanted), text.npos) << wanted << text;
        EXPECT_EQ(report_envelope(request, identity, {"4ABC"}, "<x@y>").more.size(), 0u)
            << "marks no failure as reported";
    }
}

TEST(BounceReport, HasTheFieldsOfADeliveryReport) {
    std::string text = report_text(some_request());
    const char* wanted[] = {
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)\r\n",
        "To: a@example.org\r\n",
        "Subject: Undelivered Mail Returned to Sender\r\n",
        "Auto-Submitted: auto-replied\r\n",
        "Message-Id: <1700000100.4ABC@mx.example>\r\n",
        "Content-Type: multipart/report; report-type=delivery-status;\r\n"
        "\tboundary=\"4ABC.1700000100/mx.example\"\r\n",
        "Reporting-MTA: dns; mx.example\r\n",
        "X-Posthaste-Queue-ID: 3F2A11B2C4\r\n",
        "Arrival-Date: ",
        "\r\n\r\nFinal-Recipient: rfc822; x@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Remote-MTA: dns; r.example\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n",
        "\r\n\r\nFinal-Recipient: rfc822; y@example.com\r\n"
        "Original-Recipient: rfc822;Z@example.com\r\nAction: failed\r\nStatus: 4.4.1\r\n"
        "Diagnostic-Code: X-Posthaste; connect to r.example[192.0.2.1]:25: Connection\r\n"
        "    refused\r\n",
        "<y@example.com> (expanded from <z@example.com>):\r\n",
        "Content-Type: message/rfc822\r\n\r\n<content>\r\n--4ABC.1700000100/mx.example--\r\n",
    };
    for (const char* part : wanted)
        EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
}

TEST(BounceReport, EveryLineEndsInCrlfAndIsShort) {
    ipc::BounceRequest request = some_request();
    request.outcomes[0].reason = std::string(300, 'x') + " \r\n.\r\nRCPT TO: " + "\x80\x01";
    std::string text = report_text(request);
    size_t at = 0;
    for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
        ASSERT_GT(end, 0u);
        EXPECT_EQ(text[end - 1], '\r');
        EXPECT_LT(end - at, 400u);
        at = end + 1;
    }
    EXPECT_EQ(at, text.size());
    for (char c : text)
        EXPECT_TRUE(c == '\r' || c == '\n' || c == '\t' || (c >= ' ' && c < 127));
}

TEST(BounceReport, ReturnsTheHeaderOnlyOfWhatIsLargeOrAskedToBeShort) {
    ipc::BounceRequest request = some_request();
    EXPECT_EQ(attached(request, identity), Attached::message);
    request.size = 50001;
    EXPECT_EQ(attached(request, identity), Attached::header);
    EXPECT_NE(report_text(request).find("text/rfc822-headers"), std::string::npos);
    request.size = 10;
    request.envelope.dsn_ret = "HDRS";
    EXPECT_EQ(attached(request, identity), Attached::header);
}

// RFC 8689 section 5.
TEST(BounceReport, GoesAsTheMessageWentButDemandsNoTls) {
    using enum mail::TlsWish;
    struct Row {
        mail::TlsWish came;
        bool redacts, keeps_header;
        mail::TlsWish goes;
        Attached attached;
        const char* header;
    };
    const Row rows[] = {
        {as_configured, true, true, as_configured, Attached::message, ""},
        {optional, true, true, optional, Attached::message, "\r\nTLS-Required: no\r\n"},
        {optional, false, false, optional, Attached::message, "\r\nTLS-Required: no\r\n"},
        {required, true, true, as_configured, Attached::header, ""},
        {required, false, true, required, Attached::message, "\r\nRequire-TLS-ESMTP: yes\r\n"},
        {required, false, false, required, Attached::message, ""},
    };
    for (auto kind : {ipc::ReportKind::failure, ipc::ReportKind::success, ipc::ReportKind::status,
                      ipc::ReportKind::probe})
        for (const Row& row : rows) {
            ipc::BounceRequest request = some_request();
            request.kind = kind;
            request.envelope.tls_wish = row.came;
            Identity with = identity;
            with.redacts = row.redacts;
            with.keeps_requiretls = row.keeps_header;
            Making making{"4ABC", base::WallTime(1700000100s), attached(request, with)};
            bool failure = kind == ipc::ReportKind::failure;
            EXPECT_EQ(making.attached, failure ? row.attached : Attached::header);
            std::string text = make_report(request, with, making).before;
            std::string header = text.substr(0, text.find("\r\n\r\n") + 2);
            EXPECT_NE(header.find(row.header), header.npos) << header;
            EXPECT_EQ(header.find("TLS") != header.npos, *row.header != '\0') << header;
            EXPECT_EQ(report_envelope(request, with, making, "<m@x>").tls_wish, row.goes);
        }
}

TEST(BounceReport, CanDoWithoutTheMessage) {
    Making making{"4ABC", base::WallTime(1700000100s), Attached::nothing};
    Report report = make_report(some_request(), identity, making);
    std::string text = report.before + report.after;
    EXPECT_EQ(text.find("rfc822\r\n"), std::string::npos) << text;
    EXPECT_NE(text.find("cannot be attached"), std::string::npos) << text;
    EXPECT_NE(text.find("    refused\r\n\r\n--4ABC.1700000100/mx.example--\r\n"), std::string::npos)
        << text;
}

TEST(BounceReport, SaysEightBitWhereTheMessageIs) {
    ipc::BounceRequest request = some_request();
    EXPECT_EQ(report_text(request).find("8bit"), std::string::npos);
    request.envelope.encoding = mail::Encoding::eight_bit;
    EXPECT_NE(report_text(request).find("Content-Transfer-Encoding: 8bit\r\n\r\nThis"),
              std::string::npos);
}

TEST(BounceReport, EnvelopeNamesWhatItIsAbout) {
    mail::Envelope envelope =
        report_envelope(some_request(), identity, {"4ABC", base::WallTime(1s)}, "<m@x>");
    EXPECT_EQ(envelope.queue_id, "4ABC");
    EXPECT_EQ(envelope.sender, "");
    ASSERT_EQ(envelope.recipients.size(), 1u);
    EXPECT_EQ(envelope.recipients[0].address, "a@example.org");
    EXPECT_EQ(envelope.report_of, "3F2A11B2C4");
    EXPECT_EQ(envelope.more.at("report_for"), "0,4");
}

class TextSource : public spool::MessageSource {
  public:
    TextSource(std::string text, size_t most) : text_(std::move(text)), most_(most) {}
    uint64_t size() const override { return text_.size(); }
    bool has_leading_dots() const override { return false; }
    size_t read(std::span<char> into, uint64_t offset) override {
        std::string_view rest =
            std::string_view(text_).substr(std::min<size_t>(offset, text_.size()));
        size_t n = std::min({rest.size(), into.size(), most_});
        std::copy_n(rest.data(), n, into.data());
        return n;
    }
    bool still_valid() override { return true; }

  private:
    std::string text_;
    size_t most_;
};

std::string returned(const std::string& text, bool whole, size_t most) {
    Returned pieces(std::make_unique<TextSource>(text, most), whole);
    std::string out;
    for (std::string_view piece = pieces.next(); !piece.empty(); piece = pieces.next())
        out += piece;
    return out;
}

TEST(BounceReturned, IsAllOrTheHeaderWhereverTheReadsEnd) {
    std::string header = "Subject: x\r\nTo: y\r\n";
    std::string text = header + "\r\nbody\r\n\r\nmore\r\n";
    for (size_t most = 1; most <= text.size() + 1; ++most) {
        EXPECT_EQ(returned(text, true, most), text) << most;
        EXPECT_EQ(returned(text, false, most), header + "\r\n") << most;
        EXPECT_EQ(returned(header, false, most), header) << most;
    }
}

}  // namespace
}  // namespace bounce
