#include "smtpd/codes.h"

namespace smtpd {

Codes Codes::from(const config::Settings& settings) {
    auto number = [](int64_t value) { return static_cast<int>(value); };
    Codes codes;
    codes.reject = number(settings.number("reject_code"));
    codes.defer = number(settings.number("defer_code"));
    codes.access_map_reject = number(settings.number("access_map_reject_code"));
    codes.access_map_defer = number(settings.number("access_map_defer_code"));
    codes.relay_domains = number(settings.number("relay_domains_reject_code"));
    codes.non_fqdn = number(settings.number("non_fqdn_reject_code"));
    codes.invalid_hostname = number(settings.number("invalid_hostname_reject_code"));
    codes.unknown_client = number(settings.number("unknown_client_reject_code"));
    codes.unknown_hostname = number(settings.number("unknown_hostname_reject_code"));
    codes.unknown_address = number(settings.number("unknown_address_reject_code"));
    codes.multi_recipient_bounce = number(settings.number("multi_recipient_bounce_reject_code"));
    codes.plaintext = number(settings.number("plaintext_reject_code"));
    return codes;
}

}  // namespace smtpd
