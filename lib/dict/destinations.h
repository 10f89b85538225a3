// A key that a transport table has on several lines, each with a destination of the same SMTP or
// LMTP transport, has all of them as one list, in order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/config/transports.h"

namespace dict {

class Destinations {
  public:
    // Which transports are SMTP or LMTP: by the command of master.cf; without a line there, by the
    // names smtp, lmtp and relay.
    static Destinations of(const config::Settings& settings);

    // "smtp:[a], [b]" for {"smtp:[a]", "smtp:[b]"}; "" where `values` are no such list.
    std::string joined(const std::vector<std::string>& values) const;

  private:
    bool speaks_smtp(std::string_view transport) const;
    config::Transports transports_;
};

}  // namespace dict
