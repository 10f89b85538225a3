// Survey finds out how the servers at a list of places answer, for people and programs that ask.
//
// It goes as far as the reply to EHLO, and TLS where the policy wants that, in the way of
// deliveries. Nothing that is known of relays
// changes, and no mail is sent.
#pragma once

#include <string>
#include <vector>

#include "lib/base/json.h"
#include "lib/io/task.h"
#include "lib/nexthop/site_lookup.h"
#include "smtp/dialer.h"
#include "smtp/options.h"
#include "smtp/probe.h"

namespace smtp {

class Survey {
  public:
    // All of it outlives the survey.
    Survey(Dialer& dialer, nexthop::SiteLookup& sites, const Options& options)
        : dialer_(dialer), sites_(sites), options_(options) {}

    // An object for each address of `place`, in the order of delivery; one with what is wrong where
    // it has none. A place is a next hop as main.cf has it, or one address of a host as postrelay
    // shows it: "[r1.example]:587/192.0.2.1". Or an object that has such an address as "place",
    // with the element of the next hop that led there, the whole next hop and the sender of the
    // mail, by which TLS policy and login are found. Addresses are asked at the same time.
    io::Task<std::vector<base::Json>> ask_at(std::string place);

  private:
    struct Wanted;
    struct Question;

    io::Task<std::vector<Question>> questions(const Wanted& wanted);
    io::Task<void> find_out(Question& question);
    io::Task<void> ask_one(Question& question);
    io::Task<FoundApproach> approach_of(Question& question);

    Dialer& dialer_;
    nexthop::SiteLookup& sites_;
    const Options& options_;
};

}  // namespace smtp
