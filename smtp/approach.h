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
#include <utility>

#include "lib/io/task.h"
#include "lib/nexthop/destination.h"
#include "lib/nexthop/endpoint.h"
#include "smtp/tls_policy.h"
#include "smtp/trouble.h"

namespace smtp {

struct Credentials {
    std::string user;
    std::string secret;
    bool operator==(const Credentials&) const = default;
};

struct Approach {
    TlsPolicy tls;
    std::optional<Credentials> login;
    bool operator==(const Approach&) const = default;
};

// Places, messages and connections have it in common; mostly there is one for all of them. Null is
// the plain approach: no TLS, no login.
using SharedApproach = std::shared_ptr<const Approach>;
bool same(const SharedApproach& one, const SharedApproach& other);

// Who goes where.
struct Visit {
    Visit(std::string next, std::string from, const nexthop::Destination& to,
          const nexthop::Endpoint& endpoint);

    std::string nexthop;  // the whole of it as written
    std::string sender;   // the message's, as it is queued
    std::string element;  // of the next hop, as written: "[relay.example]:587"
    std::string domain;   // its name: "relay.example"
    std::string host;     // that was found: the same, or an exchanger's name
    uint16_t port;
    bool host_from_dns;  // MX or SRV records led to it
};

struct FoundApproach {
    FoundApproach() = default;
    SharedApproach approach;
    std::optional<Trouble> trouble;  // why there is none now: the place is passed over
};

class Approaches {
  public:
    virtual ~Approaches() = default;
    // Every visit has the approach usual(); find() need not be called.
    virtual bool same_for_all() const { return true; }
    const SharedApproach& usual() const { return usual_; }
    virtual io::Task<FoundApproach> find(Visit visit) const;

  protected:
    SharedApproach usual_;
};

// What was found out for one message.
class KnownApproaches {
  public:
    // Null: all approaches are plain.
    explicit KnownApproaches(std::shared_ptr<const Approaches> approaches);

    // There is nothing to find out: of() answers for every place.
    bool complete() const { return !approaches_; }

    // Null where it is not known yet.
    const FoundApproach* of(size_t site, const std::string& host) const;
    io::Task<void> find(size_t site, Visit visit);

  private:
    std::shared_ptr<const Approaches> approaches_;  // null when complete
    FoundApproach usual_;
    std::map<std::pair<size_t, std::string>, FoundApproach> found_;
};

}  // namespace smtp
