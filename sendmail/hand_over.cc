#include "sendmail/hand_over.h"

#include <sysexits.h>

#include <cstdio>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/authorized.h"
#include "lib/ipc/submission.h"
#include "lib/mail/header_addresses.h"
#include "lib/spool/notes.h"
#include "lib/spool/queue_envelope.h"
#include "lib/spool/queue_record.h"
#include "sendmail/message.h"
#include "sendmail/postdrop.h"

namespace sendmail {

namespace {

namespace record = spool::record;

std::string sender_of(const Request& request, const Submitter& submitter) {
    if (!request.sender)
        return submitter.user;
    auto addresses = mail::header_addresses(*request.sender);
    std::string sender = addresses.empty() ? "" : addresses[0].address;
    if (addresses.size() > 1)
        base::log::warning(
            base::text("-f option specified malformed sender: ", base::printable(*request.sender)));
    return spool::without_quotes(sender);
}

void put_recipient(Postdrop& postdrop, const Request& request, const std::string& address) {
    if (request.notify != 0)
        postdrop.put(record::attribute, base::text("notify_flags=", request.notify));
    postdrop.put(record::recipient, spool::without_quotes(address));
}

// All addresses on the command line.
std::vector<std::string> given_recipients(const Request& request) {
    std::vector<std::string> found;
    for (const std::string& word : request.recipients)
        for (mail::HeaderAddress& address : mail::header_addresses(word))
            found.push_back(std::move(address.address));
    return found;
}

void put_envelope(Postdrop& postdrop, const Request& request, const Submitter& submitter) {
    if (!request.envelope_id.empty())
        postdrop.put(record::attribute, base::text("envelope_id=", request.envelope_id));
    if (!request.ret.empty())
        postdrop.put(record::attribute, base::text("ret_flags=", request.ret));
    postdrop.put(record::attribute,
                 base::text("rewrite_context=", request.gateway ? "remote" : "local"));
    if (!submitter.full_name.empty())
        postdrop.put(record::full_name, submitter.full_name);
    postdrop.put(record::sender, sender_of(request, submitter));
    if (request.eight_bit)
        postdrop.put(record::attribute, "encoding=8bit");
    if (request.requires_tls)
        postdrop.put(record::attribute,
                     base::text(spool::send_options::name, '=', spool::send_options::tls_required));
    if (request.reports())
        postdrop.put(record::attribute, base::text(spool::note::trace, '=',
                                                   request.probe ? spool::note::trace_probe
                                                                 : spool::note::trace_status));
}

// What a probe has for a message, which nobody gets but the sender, with the report.
void put_probe(Postdrop& postdrop, const std::string& sender,
               const std::vector<std::string>& recipients) {
    postdrop.put(record::line, base::text("From: ", sender));
    postdrop.put(record::line, "Subject: probe");
    for (size_t i = 0; i < recipients.size(); ++i)
        postdrop.put(record::line, base::text(i == 0 ? "To: " : "\t", recipients[i],
                                              i + 1 < recipients.size() ? "," : ""));
}

void check_status(ipc::SubmissionStatus status, const Submitter& submitter) {
    switch (status) {
        case ipc::SubmissionStatus::ok:
            return;
        case ipc::SubmissionStatus::bad:
            throw Failure(submitter.text() + ": message has no sender or no recipients",
                          EX_SOFTWARE);
        case ipc::SubmissionStatus::too_big:
            throw Failure(submitter.text() + ": message file too big", try_later);
        case ipc::SubmissionStatus::write_error:
            break;
    }
    throw Failure(submitter.text() + ": queue file write error", try_later);
}

// The message on standard input; the recipients found in its headers.
std::vector<std::string> put_message(Postdrop& postdrop, const Request& request,
                                     const config::Settings& settings) {
    Reading reading;
    reading.dot_ends = request.dot_ends;
    reading.find_recipients = request.from_headers;
    reading.longest_piece = static_cast<size_t>(settings.number("line_length_limit"));
    return read_message(stdin, reading,
                        [&](char type, std::string_view data) { postdrop.put(type, data); });
}

}  // namespace

void hand_over(const Request& request, const Submitter& submitter,
               const config::Settings& settings) {
    if (!ipc::authorized(settings, "authorized_submit_users"))
        throw Failure(base::text("User ", submitter.text(), " is not allowed to submit mail"),
                      try_later);
    std::vector<std::string> recipients = given_recipients(request);
    if (recipients.empty() && !request.from_headers)
        throw Failure(submitter.text() +
                          ": Recipient addresses must be specified on the command line or via the "
                          "-t option",
                      try_later);
    Postdrop postdrop(settings.text("command_directory") + "/postdrop");
    put_envelope(postdrop, request, submitter);
    for (const std::string& recipient : recipients)
        put_recipient(postdrop, request, recipient);
    postdrop.put(record::message, "");
    std::vector<std::string> in_headers;
    if (request.probe)
        put_probe(postdrop, sender_of(request, submitter), recipients);
    else
        in_headers = put_message(postdrop, request, settings);
    if (recipients.empty() && in_headers.empty())
        throw Failure(submitter.text() + ": No recipient addresses found in message header",
                      try_later);
    postdrop.put(record::extracted, "");
    for (const std::string& recipient : in_headers)
        put_recipient(postdrop, request, recipient);
    postdrop.put(record::end, "");
    check_status(postdrop.finish(), submitter);
    if (request.reports())
        std::printf("Mail Delivery Status Report will be mailed to <%s>.\n",
                    sender_of(request, submitter).c_str());
    if (std::fflush(stdout) != 0)
        throw Failure("write standard output", try_later);
}

}  // namespace sendmail
