#include "bounce/report.h"

#include "lib/base/text.h"
#include "lib/mail/date.h"

namespace bounce {

namespace {

constexpr std::string_view crlf = "\r\n";
constexpr size_t width = 76;

// Lines for a human, broken between words.
std::string wrapped(std::string_view text, std::string_view indent) {
    std::string out;
    size_t column = 0;
    for (std::string_view word : base::split(text, " \t\r\n")) {
        if (column > 0 && column + 1 + word.size() > width) {
            out += crlf;
            column = 0;
        }
        out += column == 0 ? indent : std::string_view(" ");
        column += word.size() + (column == 0 ? indent.size() : 1);
        out += word;
    }
    return out + std::string(crlf);
}

// A value from elsewhere as one line of a header: long ones are folded between words.
std::string header(std::string_view name, std::string_view value) {
    std::string line = base::text(name, ":");
    size_t column = line.size();
    std::string out = line;
    std::string text = base::printable(value);
    for (std::string_view word : base::split(text, " \t\r\n")) {
        bool fold = column + 1 + word.size() > width && column > line.size();
        out += fold ? "\r\n    " : " ";
        column = fold ? 4 + word.size() : column + 1 + word.size();
        out += word;
    }
    return out + std::string(crlf);
}

struct Wording {
    std::string_view subject;
    std::string_view opening;
    std::string_view original;  // Content-Description of what is attached
};

const Wording& wording(ipc::ReportKind kind) {
    static constexpr Wording table[] = {
        {"Undelivered Mail Returned to Sender",
         "Your message could not be delivered to the recipients named below, and no further "
         "attempt will be made. Each is followed by the reason.",
         "Undelivered Message"},
        {"Successful Mail Delivery Report",
         "Your message was delivered to the recipients named below, or handed on to a system that "
         "tells nobody of its deliveries. Each is followed by what was heard.",
         "Message"},
        {"Mail Delivery Status Report",
         "This is the report on the delivery of your message for which you asked. Each recipient "
         "is followed by what came of it.",
         "Message"},
        {"Mail Delivery Status Report",
         "This is the report for which you asked: what would come of a message to the recipients "
         "named below. Nothing was sent to them.",
         "Message"},
    };
    return table[static_cast<size_t>(kind)];
}

// RFC 3464 section 2.3.3; for a probe, words that Postfix made up.
std::string_view action(ipc::ReportKind kind, const mail::Outcome& outcome) {
    if (kind == ipc::ReportKind::failure)
        return "failed";
    if (kind == ipc::ReportKind::probe)
        return mail::probe_text(outcome.status);
    switch (outcome.status) {
        case mail::Status::sent:
            return outcome.remote_mta.empty() ? "delivered" : "relayed";
        case mail::Status::deferred:
            return "delayed";
        case mail::Status::bounced:
            return "failed";
    }
    return "failed";
}

// What of the message is attached, in a sentence.
std::string_view of_attachment(ipc::ReportKind kind, Attached attached) {
    if (kind != ipc::ReportKind::failure)
        return "";
    return attached == Attached::nothing
               ? "The message itself was damaged here and cannot be attached."
               : "What was to be delivered, or the beginning of it, is attached.";
}

std::string explanation(const ipc::BounceRequest& request, const Identity& identity,
                        Attached attached) {
    std::string out =
        wrapped(base::text("This is the mail system at ", identity.hostname, "."), "");
    out += crlf;
    out += wrapped(
        base::text(wording(request.kind).opening, ' ', of_attachment(request.kind, attached)), "");
    out += crlf;
    out += wrapped(
        "If you need help, write to the postmaster of this system and send this report "
        "along; your own text can be left out.",
        "");
    for (size_t i = 0; i < request.outcomes.size(); ++i) {
        const mail::Recipient& recipient = request.envelope.recipients[i];
        std::string to = base::text("<", recipient.address, ">");
        if (!recipient.original.empty() &&
            !base::equal_nocase(recipient.original, recipient.address))
            base::append(to, " (expanded from <", recipient.original, ">)");
        out += crlf;
        out += base::printable(to) + ":" + std::string(crlf);
        out += wrapped(base::printable(request.outcomes[i].reason), "    ");
    }
    return out;
}

std::string recipient_fields(ipc::ReportKind kind, const mail::Recipient& recipient,
                             const mail::Outcome& outcome) {
    std::string out(crlf);
    out += header("Final-Recipient", base::text("rfc822; ", recipient.address));
    if (!recipient.orcpt.empty())
        out += header("Original-Recipient", recipient.orcpt);
    else if (!recipient.original.empty())
        out += header("Original-Recipient", base::text("rfc822;", recipient.original));
    out += header("Action", action(kind, outcome));
    out += header("Status", outcome.dsn.text());
    if (!outcome.remote_mta.empty())
        out += header("Remote-MTA", base::text("dns; ", outcome.remote_mta));
    if (!outcome.diagnostic.empty())
        out += header("Diagnostic-Code", base::text("smtp; ", outcome.diagnostic));
    else
        out += header("Diagnostic-Code", base::text("X-Posthaste; ", outcome.reason));
    return out;
}

std::string delivery_status(const ipc::BounceRequest& request, const Identity& identity) {
    std::string out = header("Reporting-MTA", base::text("dns; ", identity.hostname));
    if (!request.envelope.dsn_envid.empty())
        out += header("Original-Envelope-Id", request.envelope.dsn_envid);
    out += header("X-Posthaste-Queue-ID", request.envelope.queue_id);
    out += header("X-Posthaste-Sender", base::text("rfc822; ", request.envelope.sender));
    out += header("Arrival-Date", mail::rfc5322_date(request.envelope.arrival));
    for (size_t i = 0; i < request.outcomes.size(); ++i)
        out += recipient_fields(request.kind, request.envelope.recipients[i], request.outcomes[i]);
    return out;
}

std::string part(const std::string& boundary, std::string_view type, std::string_view description) {
    return base::text("\r\n--", boundary, "\r\nContent-Description: ", description,
                      "\r\nContent-Type: ", type, "\r\n");
}

// RFC 8689 section 5: a report goes as the message went.
std::string_view tls_header(mail::TlsWish wish, const Identity& identity) {
    switch (wish) {
        case mail::TlsWish::as_configured:
            return "";
        case mail::TlsWish::optional:
            return "TLS-Required: no\r\n";
        case mail::TlsWish::required:
            return identity.keeps_requiretls ? "Require-TLS-ESMTP: yes\r\n" : "";
    }
    return "";
}

}  // namespace

mail::TlsWish tls_wish(const ipc::BounceRequest& request, const Identity& identity) {
    mail::TlsWish wish = request.envelope.tls_wish;
    bool redacted = wish == mail::TlsWish::required && identity.redacts;
    return redacted ? mail::TlsWish::as_configured : wish;
}

Attached attached(const ipc::BounceRequest& request, const Identity& identity) {
    bool shown = request.envelope.tls_wish != mail::TlsWish::required || !identity.redacts;
    bool whole = shown && request.kind == ipc::ReportKind::failure &&
                 request.envelope.dsn_ret != "HDRS" && request.size <= identity.size_limit;
    return whole ? Attached::message : Attached::header;
}

Report make_report(const ipc::BounceRequest& request, const Identity& identity,
                   const Making& making) {
    Report report;
    report.attached = making.attached;
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(making.now.time_since_epoch());
    std::string boundary = base::text(making.id, ".", seconds.count(), "/", identity.hostname);
    bool eight_bit = request.envelope.encoding == mail::Encoding::eight_bit;
    std::string_view encoding = eight_bit ? "Content-Transfer-Encoding: 8bit\r\n" : "";
    report.message_id =
        base::text("<", seconds.count(), ".", making.id, "@", identity.hostname, ">");

    std::string& out = report.before;
    out += header("Date", mail::rfc5322_date(making.now));
    out +=
        header("From", base::text("MAILER-DAEMON@", identity.hostname, " (Mail Delivery System)"));
    out += header("Subject", wording(request.kind).subject);
    out += header("To", request.envelope.sender);
    out += header("Auto-Submitted", "auto-replied");
    out += header("Message-Id", report.message_id);
    out += tls_header(tls_wish(request, identity), identity);
    out += "MIME-Version: 1.0\r\n";
    out += base::text("Content-Type: multipart/report; report-type=delivery-status;\r\n",
                      "\tboundary=\"", boundary, "\"\r\n", encoding, "\r\n",
                      "This is a report in MIME format.\r\n");
    out += part(boundary, "text/plain; charset=us-ascii", "Notification");
    out += crlf;
    out += explanation(request, identity, making.attached);
    out += part(boundary, "message/delivery-status", "Delivery report");
    out += crlf;
    out += delivery_status(request, identity);
    std::string_view original = wording(request.kind).original;
    if (making.attached == Attached::message)
        out += part(boundary, "message/rfc822", original);
    if (making.attached == Attached::header)
        out += part(boundary, "text/rfc822-headers", base::text(original, " Headers"));
    if (making.attached != Attached::nothing)
        base::append(out, encoding, crlf);
    report.after = base::text("\r\n--", boundary, "--\r\n");
    return report;
}

mail::Envelope report_envelope(const ipc::BounceRequest& request, const Identity& identity,
                               const Making& making, const std::string& message_id) {
    mail::Envelope envelope;
    envelope.queue_id = making.id;
    envelope.arrival = making.now;
    envelope.tls_wish = tls_wish(request, identity);
    envelope.recipients.push_back({request.envelope.sender, "", mail::notify_never, ""});
    envelope.encoding = request.envelope.encoding;
    envelope.message_id = message_id;
    envelope.report_of = request.envelope.queue_id;
    if (request.kind != ipc::ReportKind::failure)
        return envelope;
    std::string recipients;
    for (const mail::Outcome& outcome : request.outcomes)
        base::append(recipients, recipients.empty() ? "" : ",", outcome.recipient);
    envelope.more[std::string(ipc::report_for)] = recipients;
    return envelope;
}

}  // namespace bounce
