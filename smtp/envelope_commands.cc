#include "smtp/envelope_commands.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lib/base/text.h"
#include "lib/mail/xtext.h"
#include "smtp/demand.h"

namespace smtp {
namespace {

constexpr std::array<std::pair<uint32_t, std::string_view>, 4> notify_words{{
    {mail::notify_never, "NEVER"},
    {mail::notify_success, "SUCCESS"},
    {mail::notify_failure, "FAILURE"},
    {mail::notify_delay, "DELAY"},
}};

std::string notify_list(uint32_t notify) {
    std::string list;
    for (const auto& [bit, word] : notify_words)
        if (notify & bit)
            base::append(list, list.empty() ? "" : ",", word);
    return list;
}

}  // namespace

bool safe_in_command(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

std::string mail_command(const Job& job, const Session& session, bool of_nobody) {
    const esmtp::Capabilities& offers = session.offers;
    const ipc::DeliveryRequest& request = job.request();
    std::string line = base::text("MAIL FROM:<", job.sender(), ">");
    if (offers.size)
        base::append(line, " SIZE=", job.size());
    if (offers.eight_bit_mime && request.encoding == mail::Encoding::eight_bit)
        base::append(line, " BODY=8BITMIME");
    if (offers.dsn && !request.dsn_ret.empty())
        base::append(line, " RET=", request.dsn_ret);
    if (offers.dsn && !request.dsn_envid.empty())
        base::append(line, " ENVID=", request.dsn_envid);
    if (of_nobody)
        line += " AUTH=<>";
    if (passes_on(job.demand(session.site, session.endpoint), session))
        line += " REQUIRETLS";
    return line += "\r\n";
}

std::string rcpt_command(const Job& job, uint32_t place, const esmtp::Capabilities& offers,
                         bool original) {
    const ipc::DeliveryRecipient& recipient = job.request().recipients[place];
    std::string line = base::text("RCPT TO:<", job.address(place), ">");
    if (!offers.dsn)
        return line += "\r\n";
    const std::string& given = recipient.original.empty() ? recipient.address : recipient.original;
    if (!recipient.orcpt.empty())
        base::append(line, " ORCPT=", recipient.orcpt);
    else if (original)
        base::append(line, " ORCPT=rfc822;", mail::xtext(given));
    if (recipient.notify != 0)
        base::append(line, " NOTIFY=", notify_list(recipient.notify));
    return line += "\r\n";
}

}  // namespace smtp
