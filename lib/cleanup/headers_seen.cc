#include "lib/cleanup/headers_seen.h"

#include <ctime>

#include "lib/base/text.h"
#include "lib/mail/date.h"

namespace cleanup {

namespace {

struct Named {
    std::string_view name;
    unsigned bit;
};

// A display name: quoted where it is more than words (RFC 5322 section 3.2.5).
std::string phrase(std::string_view name) {
    constexpr std::string_view specials = "()<>[]:;@\\,.\"";
    std::string clean;
    bool words = true;
    for (char c : name) {
        auto byte = static_cast<unsigned char>(c);
        clean.push_back(byte < ' ' || byte == 0x7f ? ' ' : c);
        words = words && specials.find(c) == specials.npos;
    }
    if (words)
        return clean;
    std::string out = "\"";
    for (char c : clean) {
        if (c == '"' || c == '\\')
            out.push_back('\\');
        out.push_back(c);
    }
    return out.append("\"");
}

}  // namespace

void HeadersSeen::note(std::string_view name) {
    static constexpr Named named[] = {
        {"message-id", message_id}, {"date", date}, {"from", from}, {"to", visible_recipient},
        {"cc", visible_recipient},
    };
    constexpr std::string_view resent_prefix = "resent-";
    if (base::equal_nocase(name, "received")) {
        ++hops_;
        return;
    }
    bool again = base::starts_nocase(name, resent_prefix);
    resent_ = resent_ || again;
    if (again)
        name.remove_prefix(resent_prefix.size());
    for (const auto& [known, bit] : named)
        if (base::equal_nocase(name, known))
            seen_ |= again ? bit << resent_shift : bit;
}

std::string HeadersSeen::new_message_id(const Options& options, const Facts& facts) {
    std::time_t seconds = std::chrono::system_clock::to_time_t(facts.arrival);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char stamp[32];
    size_t length = std::strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", &utc);
    return base::text('<', std::string_view(stamp, length), '.', facts.queue_id, '@',
                      options.myhostname, '>');
}

std::string HeadersSeen::missing(const Options& options, const Facts& facts,
                                 std::string_view id) const {
    std::string_view prefix = resent_ ? "Resent-" : "";
    std::string out;
    if (!has(message_id))
        base::append(out, prefix, "Message-Id: ", id, "\r\n");
    if (!has(date))
        base::append(out, prefix, "Date: ", mail::rfc5322_date(facts.arrival), "\r\n");
    if (!has(from)) {
        std::string sender =
            complete(options, facts.sender.empty() ? "MAILER-DAEMON" : facts.sender);
        if (facts.full_name.empty())
            base::append(out, prefix, "From: ", sender, "\r\n");
        else
            base::append(out, prefix, "From: ", phrase(facts.full_name), " <", sender, ">\r\n");
    }
    if (!has(visible_recipient) && !options.undisclosed_recipients_header.empty())
        base::append(out, prefix, options.undisclosed_recipients_header, "\r\n");
    return out;
}

}  // namespace cleanup
