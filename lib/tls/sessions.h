// Sessions keeps TLS sessions, so that the next connection to a server costs less.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/base/time.h"

namespace tls {

class Sessions {
  public:
    virtual ~Sessions() = default;
    // The session saved last under this key, unless it is too old by then.
    virtual std::optional<std::string> find(std::string_view key, base::WallTime now) = 0;
    virtual void save(std::string_view key, std::string_view session, base::WallTime until) = 0;
};

}  // namespace tls
