// SearchList gives the full names that a short host name may stand for, by resolv.conf.
#pragma once

#include <string>
#include <vector>

#include "lib/dns/resolv_conf.h"
#include "lib/dns/watched_file.h"

namespace dns {

class SearchList {
  public:
    explicit SearchList(std::string resolv_conf = "/etc/resolv.conf")
        : file_(std::move(resolv_conf)) {}

    // In the order to ask for them, as the machine's resolver would.
    std::vector<std::string> names(const std::string& host, SearchRules rules = usual_search);

  private:
    WatchedFile file_;
    ResolvConf conf_;
};

}  // namespace dns
