// Transports are the delivery services of master.cf, by name, with their commands.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"

namespace config {

class Transports {
  public:
    // Of `settings.directory()`/master.cf. Where that cannot be read, of which whoever starts the
    // mail system hears, the stock names stand for their usual commands.
    static Transports of(const Settings& settings);

    // The command without its directory: "smtp" for "relay"; "" for a name without a line.
    std::string_view command(std::string_view transport) const;
    bool speaks_smtp(std::string_view transport) const;
    // Those that do, with lines of their own.
    std::vector<std::string> speaking_smtp() const;

  private:
    std::map<std::string, std::string, std::less<>> commands_;
};

}  // namespace config
