// Pace is how long a server may be slow before another is tried beside it.
#pragma once

#include <optional>

#include "lib/base/time.h"
#include "smtp/failover_settings.h"

namespace smtp {

// None: for ever.
struct Pace {
    std::optional<base::Duration> address;  // without a connection: another address of the host
    std::optional<base::Duration> connect;  // the same: another relay
    std::optional<base::Duration> banner;   // without a greeting: another relay

    // Without failover nothing is tried beside anything. Of main.cf's delays 0 means never.
    static Pace of(const FailoverSettings& settings) {
        Pace pace;
        if (!settings.health)
            return pace;
        pace.address = delay(settings.address_hedge_delay);
        pace.connect = delay(settings.connect_hedge_delay);
        pace.banner = delay(settings.banner_hedge_delay);
        return pace;
    }

  private:
    static std::optional<base::Duration> delay(base::Duration time) {
        return time == base::Duration::zero() ? std::nullopt : std::optional(time);
    }
};

}  // namespace smtp
