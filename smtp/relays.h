// Relays is what this process knows of the relays of its transport, from the table that all
// processes share, and what it tells that and the log of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/random.h"
#include "lib/health/table.h"
#include "lib/nexthop/destination.h"
#include "lib/nexthop/endpoint.h"
#include "lib/nexthop/policy.h"
#include "smtp/approach.h"
#include "smtp/options.h"

namespace smtp {

// Who mail is at an endpoint, as far as health goes.
struct Login {
    std::string key = "anon";  // of the identity, behind the endpoint's; "": not known yet
    std::string user;          // as people read it; "" for nobody
    // At somebody else's mail exchanger, the level of a TLS policy that not all mail there has; ""
    // for none. That the server does not meet it is no matter of other mail.
    std::string tls_level;
};

class Relays {
  public:
    // `table` may be null: then nothing is known of any. It and `options` outlive this.
    Relays(health::Table* table, std::string service, const Options& options)
        : table_(table),
          service_(std::move(service)),
          options_(options),
          random_(static_cast<unsigned>(base::random_number())) {}

    health::Table* table() const { return table_; }
    const std::string& service() const { return service_; }

    // What the table calls them.
    health::Subject endpoint(const nexthop::Endpoint& endpoint, const nexthop::Destination& relay,
                             bool configured) const;
    health::Subject nexthop(std::string_view as_written, bool configured) const;

    // A login with a new secret is another one, of which nothing is known yet. `exchanger`: the
    // host that records in DNS led to; null at a relay that somebody configured.
    Login login_at(const SharedApproach& approach, const std::string* exchanger = nullptr) const;

    // The next hop as mail with that login sees it: its record is down while the login is refused
    // wherever it could go.
    health::Subject nexthop_of_login(std::string_view as_written, const std::string& user) const;
    // For whom it is, by the record's key: one sender of that mail; null where this process has
    // seen none.
    void refused(const std::string& key, std::string sender);
    const std::string* refused(const std::string& key) const;

    // To the log, where there is something to say.
    void tell(const std::optional<health::Transition>& transition) const;

    // Whether a prober of this transport looks after relays that are configured: then mail does
    // not probe them.
    void probed_actively(bool probed) { probed_actively_ = probed; }
    bool probed_actively() const { return probed_actively_; }

    // What the policies go by, from message to message.
    nexthop::PolicyMemory& memory() { return memory_; }
    nexthop::Random& random() { return random_; }
    // The endpoints of the relay that is written so, as this process found them last; and the
    // connections that all processes have to them.
    void found(const std::string& relay, std::vector<health::Subject> endpoints);
    const std::vector<health::Subject>& endpoints(const std::string& relay) const;
    unsigned in_flight(const std::string& relay) const;

    // As what mail of this process came to the endpoint with this key last; null where none did.
    void visited(const std::string& key, Visit visit);
    const Visit* visit(const std::string& key) const;

    // Connections of this process to the endpoint with this key, begun or open.
    size_t connections(const std::string& key) const;
    void begin(const std::string& key) { ++connections_[key]; }
    void end(const std::string& key);

  private:
    std::string source_of(const nexthop::Endpoint& endpoint) const;
    bool is_for_all(const TlsPolicy& policy) const;

    health::Table* table_;
    std::string service_;
    const Options& options_;
    bool probed_actively_ = false;
    std::map<std::string, size_t> connections_;  // by key; no zeros
    std::map<std::string, Visit> visits_;
    std::map<std::string, std::string> refused_;
    size_t most_refused_ = 100;  // beyond that, those that are well again are let go
    std::map<std::string, std::vector<health::Subject>> endpoints_;
    nexthop::PolicyMemory memory_;
    nexthop::Random random_;
};

}  // namespace smtp
