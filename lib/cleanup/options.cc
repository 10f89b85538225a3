#include "lib/cleanup/options.h"

#include "lib/base/text.h"
#include "lib/mail/address.h"

namespace cleanup {

Options Options::from(const config::Settings& settings) {
    Options options;
    options.myhostname = settings.text("myhostname");
    options.myorigin = settings.text("myorigin");
    options.mail_name = settings.text("mail_name");
    options.always_add_missing_headers = settings.flag("always_add_missing_headers");
    options.undisclosed_recipients_header = settings.text("undisclosed_recipients_header");
    options.hopcount_limit = static_cast<unsigned>(settings.number("hopcount_limit"));
    options.drop_headers = settings.list("message_drop_headers");
    options.replace_stray_cr_lf = settings.flag("cleanup_replace_stray_cr_lf");
    options.reads_tls_required = settings.flag("tls_required_enable");
    options.keeps_requiretls =
        settings.flag("requiretls_enable") && settings.flag("requiretls_esmtp_header");
    options.content_filter = settings.text("content_filter");
    return options;
}

std::string complete(const Options& options, std::string_view address) {
    if (address.empty() || !mail::domain_of(address).empty())
        return std::string(address);
    return base::text(address, '@', options.myorigin);
}

}  // namespace cleanup
