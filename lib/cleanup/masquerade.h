// Masquerade hides the names of hosts inside a domain: user@host.example.com becomes
// user@example.com.
#pragma once

#include <string>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/match_list.h"
#include "lib/io/task.h"

namespace cleanup {

class Masquerade {
  public:
    Masquerade() = default;
    // masquerade_domains, masquerade_exceptions. Throws config::Error.
    Masquerade(const config::Settings& settings, dict::Tables& tables);

    bool empty() const { return domains_.empty(); }
    // `address` in external form. Throws MappingTrouble.
    io::Task<std::string> apply(std::string address) const;

  private:
    std::vector<std::string> domains_;  // in order; with "!" those that stay as they are
    dict::MatchList exceptions_;
};

// The domain that stands for `domain`; itself for none.
std::string masqueraded(std::string_view domain, const std::vector<std::string>& domains);

}  // namespace cleanup
