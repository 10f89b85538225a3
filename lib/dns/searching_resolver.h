// SearchingResolver asks for a name under the domains of resolv.conf too, as SearchRules say.
#pragma once

#include <string>

#include "lib/dns/resolver.h"
#include "lib/dns/search_list.h"

namespace dns {

class SearchingResolver : public Resolver {
  public:
    // `resolver` and `search` are used for as long as this is.
    SearchingResolver(Resolver& resolver, SearchList& search, SearchRules rules)
        : resolver_(resolver), search_(search), rules_(rules) {}

    // The first name that is found. With none, trouble with one of them outweighs that the others
    // do not exist, so that nothing is taken for absent that may be there.
    io::Task<Answer> ask(std::string name, Type type) override;

  private:
    Resolver& resolver_;
    SearchList& search_;
    SearchRules rules_;
};

}  // namespace dns
