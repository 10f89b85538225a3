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
#include "lib/nexthop/requiretls.h"
#include "lib/nexthop/tls_policies.h"
#include "lib/nexthop/visit.h"
#include "smtp/credentials.h"
#include "smtp/trouble.h"

namespace smtp {

using nexthop::RequireTls;
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
    // What the message itself demands of a server there, beyond that;
    RequireTls demand = RequireTls::disable;
    bool any_tls = false;  // or that it asks nothing of a server's TLS, and goes under any or none
};

// Whether a session with the approach `of_session` may carry a message with this one.
bool serves(const SharedApproach& of_session, const FoundApproach& found);

class Approaches {
  public:
    // `logins` null: nobody logs in anywhere.
    explicit Approaches(nexthop::TlsPolicies tls, std::shared_ptr<Logins> logins = nullptr);
    virtual ~Approaches() = default;
    // Who is asked at levels dane and dane-only; before that, neither can be had.
    void ask_for_tlsa(nexthop::Dane dane) { dane_.emplace(std::move(dane)); }

    // What is done about messages with wishes of their own: where nothing was said, what they
    // demand holds everywhere, and what they can do without they are not held to.
    void heed(nexthop::RequireTlsPolicies demands, bool optional);

    // Every visit has the approach usual(); find() need not be called.
    virtual bool same_for_all() const { return !logins_ && tls_.same_for_all(); }
    const SharedApproach& usual() const { return usual_; }
    // Whether that makes a difference to usual().
    bool heeds(mail::TlsWish wish) const;
    virtual io::Task<FoundApproach> find(Visit visit);
    // What is done there about the demand of a message that has one.
    io::Task<nexthop::FoundRequireTls> demanded(Visit visit);

  private:
    io::Task<nexthop::FoundTlsPolicy> tls_policy(Visit visit);
    io::Task<FoundApproach> find_configured(Visit visit);
    io::Task<FoundApproach> find_undemanding(Visit visit);
    io::Task<bool> logs_in(Visit visit);
    io::Task<void> add_login(Visit visit, FoundApproach& found);
    io::Task<void> add_demand(Visit visit, FoundApproach& found);

    nexthop::TlsPolicies tls_;
    std::optional<nexthop::Dane> dane_;
    std::shared_ptr<Logins> logins_;
    nexthop::RequireTlsPolicies demands_;
    bool heeds_optional_ = true;
    SharedApproach usual_;
};

// What was found out for one message.
class KnownApproaches {
  public:
    // Null: all approaches are plain. `wish`: the message's.
    KnownApproaches(std::shared_ptr<Approaches> approaches, mail::TlsWish wish);

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
