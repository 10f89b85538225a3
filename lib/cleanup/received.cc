#include "lib/cleanup/received.h"

#include "lib/base/text.h"
#include "lib/mail/date.h"

namespace cleanup {

// What a client said of itself must not end the comment or the header it is put into.
std::string in_comment(std::string_view text) {
    std::string out = base::printable(text);
    for (char& c : out)
        if (c == '(' || c == ')' || c == '\\' || c == ';')
            c = '?';
    return out;
}

std::string address_literal(std::string_view address) {
    bool v6 = address.find(':') != address.npos;
    return base::text('[', v6 ? "IPv6:" : "", address, ']');
}

std::string received_from_user(const Options& options, const mail::Envelope& envelope,
                               unsigned uid) {
    return base::text("Received: by ", options.myhostname, " (", options.mail_name,
                      ", from userid ", uid, ")\r\n\tid ", envelope.queue_id, "; ",
                      mail::rfc5322_date(envelope.arrival), "\r\n");
}

std::string received_header(const Options& options, const mail::Envelope& envelope,
                            std::string_view notes) {
    const std::string& helo =
        envelope.helo_name.empty() ? envelope.client_name : envelope.helo_name;
    std::string out;
    base::append(out, "Received: from ", in_comment(helo), " (", envelope.client_name, ' ',
                 address_literal(envelope.client_address), ")", notes, "\r\n\tby ",
                 options.myhostname, " (", options.mail_name, ") with ", envelope.protocol, " id ",
                 envelope.queue_id);
    if (envelope.recipients.size() == 1)
        base::append(out, "\r\n\tfor <", envelope.recipients[0].address, ">; ");
    else
        out.append(";\r\n\t");
    base::append(out, mail::rfc5322_date(envelope.arrival), "\r\n");
    return out;
}

}  // namespace cleanup
