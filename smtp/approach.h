// Approach is how one place is to be approached: whether under TLS, and with which login.
//
// It is worked out for each host of each destination before a connection there is tried, and again
// for a message that would go over a connection that is there already: that may carry the message
// only when its approach is the message's own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "lib/io/task.h"
#include "lib/nexthop/dane.h"
#include "lib/nexthop/tls_policies.h"
#include "lib/nexthop/visit.h"
#include "smtp/credentials.h"
#include "smtp/trouble.h"

namespace smtp {

using nexthop::TlsLevel;
using nexthop::TlsPolicy;
using nexthop::Visit;

struct Approach {
    TlsPolicy tls;
    std::optional<Credentials> login;
    bool operator==(const Approach&) const = default;
};

// Places, messages and connections have it in common; mostly there is one for all of them. Null is
// the plain approach: no TLS, no login.
using SharedApproach = std::shared_ptr<const Approach>;
bool same(const SharedApproach& one, const SharedApproach& other);

struct FoundApproach {
    FoundApproach() = default;
    SharedApproach approach;
    std::optional<Trouble> trouble;  // why there is none now: the place is passed over
    bool lacks_login = false;        // the trouble is with the login; the rest is as it should be
};

class Approaches {
  public:
    // `logins` null: nobody logs in anywhere.
    explicit Approaches(nexthop::TlsPolicies tls, std::shared_ptr<Logins> logins = nullptr);
    virtual ~Approaches() = default;
    // Who is asked at levels dane and dane-only; before that, neither can be had.
    void ask_for_tlsa(nexthop::Dane dane) { dane_.emplace(std::move(dane)); }

    // Every visit has the approach usual(); find() need not be called.
    virtual bool same_for_all() const { return !logins_ && tls_.same_for_all(); }
    const SharedApproach& usual() const { return usual_; }
    virtual io::Task<FoundApproach> find(Visit visit);

  private:
    io::Task<nexthop::FoundTlsPolicy> tls_policy(Visit visit);
    io::Task<void> add_login(Visit visit, FoundApproach& found);

    nexthop::TlsPolicies tls_;
    std::optional<nexthop::Dane> dane_;
    std::shared_ptr<Logins> logins_;
    SharedApproach usual_;
};

// What was found out for one message.
class KnownApproaches {
  public:
    // Null: all approaches are plain.
    explicit KnownApproaches(std::shared_ptr<Approaches> approaches);

    // There is nothing to find out: of() answers for every place.
    bool complete() const { return !approaches_; }

    // Null where it is not known yet.
    const FoundApproach* of(size_t site, const std::string& host, uint16_t port) const;
    io::Task<void> find(size_t site, Visit visit);

  private:
    std::shared_ptr<Approaches> approaches_;  // null when complete
    FoundApproach usual_;
    // By site, host and port: SRV records have one host at several.
    std::map<std::tuple<size_t, std::string, uint16_t>, FoundApproach> found_;
};

}  // namespace smtp
