#include "smtpd/footer.h"

#include <utility>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/expand.h"
#include "lib/mail/date.h"

namespace smtpd {

namespace {

constexpr size_t longest_footer = 2000;

std::string value_of(std::string_view name, const FooterValues& values) {
    if (name == "client_address")
        return values.client_address;
    if (name == "client_port")
        return values.client_port;
    if (name == "server_name")
        return values.server_name;
    if (name == "localtime")
        return mail::log_date(values.now);
    base::log::warning(base::text("unknown macro name \"", name, "\" in expansion request"));
    return "";
}

std::string expanded(std::string_view footer, const FooterValues& values) {
    try {
        return config::expand(footer,
                              [&values](std::string_view name) { return value_of(name, values); });
    } catch (const std::runtime_error& error) {
        base::log::warning(base::text("smtpd_reject_footer: ", error.what()));
        return "";
    }
}

// What stands between two-character sequences \n.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (;;) {
        size_t end = text.find("\\n");
        lines.push_back(base::printable(text.substr(0, end)));
        if (end == text.npos)
            return lines;
        text.remove_prefix(end + 2);
    }
}

}  // namespace

mail::Reply with_footer(mail::Reply reply, std::string_view footer, const FooterValues& values) {
    std::string text = expanded(footer.substr(0, longest_footer), values);
    if (text.empty() || reply.lines.empty())
        return reply;
    bool goes_on = text.starts_with("\\c");
    std::string status = reply.dsn ? reply.dsn->text() + ' ' : std::string();
    for (std::string& line : lines_of(goes_on ? text.substr(2) : text)) {
        if (std::exchange(goes_on, false))
            reply.lines.back().append(line);
        else
            reply.lines.push_back(status + line);
    }
    return reply;
}

}  // namespace smtpd
