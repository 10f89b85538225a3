// Extensions says where a local part ends and its extension begins, as main.cf has it.
#pragma once

#include <string>

#include "lib/config/settings.h"
#include "lib/mail/extension.h"

namespace smtpd {

struct Extensions {
    std::string delimiters;  // recipient_delimiter
    bool owner_request_special = true;
    std::string double_bounce_name = "double-bounce";

    static Extensions from(const config::Settings& settings);
    // The views live as long as this.
    mail::ExtensionRules rules() const {
        return {delimiters, owner_request_special, double_bounce_name};
    }
};

}  // namespace smtpd
