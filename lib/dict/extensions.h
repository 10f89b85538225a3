// Extensions says where a local part ends and its extension begins, as main.cf has it.
#pragma once

#include <string>

#include "lib/config/settings.h"
#include "lib/mail/extension.h"

namespace dict {

struct Extensions {
    std::string delimiters;                            // recipient_delimiter
    bool owner_request_special = true;                 // parameter of that name
    std::string double_bounce_name = "double-bounce";  // double_bounce_sender

    static Extensions of(const config::Settings& settings) {
        return {settings.text("recipient_delimiter"), settings.flag("owner_request_special"),
                settings.value("double_bounce_sender")};
    }
    // The views live as long as this.
    mail::ExtensionRules rules() const {
        return {delimiters, owner_request_special, double_bounce_name};
    }
};

}  // namespace dict
