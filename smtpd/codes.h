// Codes are the reply codes of refusals, as main.cf sets them.
#pragma once

#include "lib/config/settings.h"

namespace smtpd {

struct Codes {
    int reject = 554;
    int defer = 450;
    int access_map_reject = 554;
    int access_map_defer = 450;
    int relay_domains = 554;
    int non_fqdn = 504;
    int invalid_hostname = 501;
    int unknown_client = 450;
    int unknown_hostname = 450;
    int unknown_address = 450;
    int multi_recipient_bounce = 550;
    int plaintext = 450;

    static Codes from(const config::Settings& settings);
};

}  // namespace smtpd
