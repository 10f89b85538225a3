// HostsFile is the machine's own table of hosts, hosts(5), read again when it changes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/dns/watched_file.h"

namespace dns {

class HostsFile {
  public:
    explicit HostsFile(std::string path = "/etc/hosts") : file_(std::move(path)) {}

    // Numeric addresses of both families, in the order of the file; case does not matter.
    std::vector<std::string> addresses(std::string_view name);
    // The first name on the first line with this numeric address.
    std::optional<std::string> name(std::string_view address);

  private:
    void refresh();
    void take_line(std::string_view line);

    WatchedFile file_;
    std::unordered_map<std::string, std::vector<std::string>> addresses_;
    std::unordered_map<std::string, std::string> names_;
};

}  // namespace dns
