// Options is what an administrator says about completing mail on its way in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/config/settings.h"

namespace cleanup {

struct Options {
    std::string myhostname;
    std::string myorigin;
    std::string mail_name = "Postfix";
    bool always_add_missing_headers = false;
    std::string undisclosed_recipients_header;  // "To: undisclosed-recipients:;"; "" adds none
    unsigned hopcount_limit = 50;
    std::vector<std::string> drop_headers;  // names, in any case: message_drop_headers
    bool replace_stray_cr_lf = true;        // cleanup_replace_stray_cr_lf
    bool reads_tls_required = true;         // header TLS-Required: no (tls_required_enable)
    // A demand for TLS is read from, and kept in, the header Require-TLS-ESMTP: yes
    // (requiretls_esmtp_header, where requiretls_enable takes such demands at all).
    bool keeps_requiretls = true;
    std::string content_filter;  // "transport:nexthop" that all mail goes through first

    static Options from(const config::Settings& settings);
};

// The external form `address` with @$myorigin where it has no domain; "" stays the null sender.
std::string complete(const Options& options, std::string_view address);

}  // namespace cleanup
