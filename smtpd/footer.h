// Footer is text that is added to every reply that refuses something (smtpd_reject_footer).
#pragma once

#include <string>
#include <string_view>

#include "lib/base/time.h"
#include "lib/mail/reply.h"

namespace smtpd {

// What a footer's $names stand for.
struct FooterValues {
    std::string client_address, client_port, server_name;
    base::WallTime now{};
};

// `footer` as main.cf or a table has it: $names, \n for a line break, \c at its start to go on
// behind the reply's last line. Added lines repeat the code and the status of the reply.
mail::Reply with_footer(mail::Reply reply, std::string_view footer, const FooterValues& values);

}  // namespace smtpd
