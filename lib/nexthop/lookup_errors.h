// LookupErrors keeps the worst that was heard while one site was looked up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/dns/record.h"
#include "lib/nexthop/site.h"

namespace nexthop {

// What may go away outweighs what stays.
class LookupErrors {
  public:
    void add(dns::Answer::State state, std::string_view reason);
    void add_refusal(std::string_view reason) { worst_ = Absence{{5, 1, 0}, std::string(reason)}; }
    const Absence& worst() const { return *worst_; }
    // When no address was found.
    Absence give_up(bool force_soft);
    // Whether name servers were in trouble: what they would say is not known.
    bool in_trouble() const { return in_trouble_; }

  private:
    std::optional<Absence> worst_;
    bool in_trouble_ = false;
};

}  // namespace nexthop
