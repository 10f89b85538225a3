// Domains tell the class of a domain: whose it is to deliver.
#pragma once

#include <string>
#include <string_view>

#include "lib/config/own_addresses.h"
#include "lib/dict/match_list.h"
#include "lib/route/router.h"
#include "lib/route/trace.h"

namespace route {

// What a list of domains says, or that it cannot say now.
enum class Known : uint8_t { no, yes, retry };

class Domains {
  public:
    // Throws config::Error.
    Domains(const config::Settings& settings, dict::Tables& tables, Trace* trace = nullptr);

    // mydestination has it, or it is an address of this machine in brackets.
    io::Task<Known> is_local(std::string_view domain) const;
    // Whether bare names stand for addresses in `domain`: it is local, or $myorigin.
    io::Task<Known> has_bare_names(std::string_view domain) const;

    struct Judgement {
        Class address_class = Class::other;
        bool retry = false;
    };
    // Of a domain that is not local.
    io::Task<Judgement> classify(std::string_view domain) const;

  private:
    bool is_own_literal(std::string_view domain) const;
    void note(std::string_view list, std::string_view domain,
              const dict::MatchList::Answer& answer) const;

    dict::MatchList local_, aliases_, mailboxes_, relayed_;
    config::OwnAddresses own_;
    std::string myorigin_;
    Trace* trace_;
};

}  // namespace route
