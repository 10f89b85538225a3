// Policy is all that restrictions are judged by: networks, lists of restrictions, reply codes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/match_list.h"
#include "lib/dns/resolver.h"
#include "lib/io/task.h"
#include "lib/rewrite/rewriter.h"
#include "smtpd/access_keys.h"
#include "smtpd/codes.h"
#include "smtpd/destination.h"
#include "smtpd/header_clients.h"
#include "smtpd/known_addresses.h"
#include "smtpd/rule_book.h"

namespace tls {
struct Facts;
}

namespace smtpd {

// How a look-up of a client's name ended: `forged` names do not have the client's address.
enum class NameState : uint8_t { ok, temporary, permanent, forged };

struct Client {
    Client(std::string_view ip, uint16_t from_port);

    std::string name = "unknown";          // what can be believed
    std::string reverse_name = "unknown";  // what its address is said to be called
    NameState name_state = NameState::permanent;
    NameState reverse_state = NameState::permanent;
    std::string address;                // "192.0.2.1"
    std::string port;                   // "4711"
    std::string came_to, came_to_port;  // as a client in front says; "": where the connection is
    bool spoken_for = false;            // by a client in front, which holds the connection
    dict::MatchList::Match trusted = dict::MatchList::Match::no;  // in mynetworks
    bool may_xclient = false;  // in smtpd_authorized_xclient_hosts
    bool may_xforward = false;
    bool hears_of_auth = true;  // not in smtpd_sasl_exceptions_networks
    bool unlimited = false;     // in smtpd_client_event_limit_exceptions
    bool own = false;           // has an address of this machine
    bool certified = false;     // has shown a certificate of somebody who is trusted
    bool listed = false;        // its certificate is in relay_clientcerts
    bool completed = false;     // in local_header_rewrite_clients
    bool may_bare_lf = false;   // smtpd_forbid_bare_newline does not hold for it

    bool shows_port = false;  // smtpd_client_port_logging

    std::string text() const;  // "unknown[192.0.2.1]", as log lines have it
};

class Policy {
  public:
    // How restrictions are applied.
    struct Limits {
        bool delay_reject = true;
        bool allow_untrusted_routing = false;
        bool relay_before_recipient = true;
        bool reject_unlisted_sender = false;
        bool reject_unlisted_recipient = true;
        bool checks_recipients = true;  // receive_override_options allows it
        // What nobody can look up now is deferred at once.
        bool unknown_address_defers = false;
        bool unknown_helo_defers = false;
        static Limits from(const config::Settings& settings);
    };
    // Where mail goes, as route::Router says.
    using FindRoute = std::function<io::Task<Destination>(std::string, std::string)>;
    // What is asked elsewhere; all of it outlives the policy.
    struct Sources {
        dict::Tables& tables;
        dns::Resolver& resolver;
        FindRoute route;
    };

    // With the addresses that this machine has now. Throws config::Error.
    Policy(const config::Settings& settings, Sources sources);

    Client client(std::string_view address, uint16_t port) const;
    // Finds out which lists the client, whose name is known, is in.
    io::Task<void> recognize(Client& client) const;
    // The same of a client that has come under TLS.
    io::Task<void> recognize_certificate(Client& client, const tls::Facts& facts) const;

    const Limits& limits() const { return limits_; }
    const Codes& codes() const { return codes_; }
    const RuleBook& rules() const { return rules_; }
    const AccessOptions& access() const { return access_; }
    // Mail of clients that have logged in is completed (local_header_rewrite_clients).
    bool completes_logins() const { return header_clients_.has_logins(); }
    const KnownAddresses& known_addresses() const { return known_addresses_; }
    dns::Resolver& resolver() const { return sources_.resolver; }
    // Text added to refusals; the tables have others for some.
    const std::string& footer() const { return footer_; }
    const dict::Maps& footer_maps() const { return footer_maps_; }
    // smtpd_log_access_permit_actions.
    const dict::MatchList& logged_permits() const { return logged_permits_; }
    // Commands that no client of mail sends.
    const dict::MatchList& forbidden_commands() const { return forbidden_commands_; }
    // What becomes of a client's commands.
    const dict::Maps& command_filter() const { return command_filter_; }
    // Tables of the extensions that a client's address is not offered.
    const dict::Maps& discarded_keyword_maps() const { return discarded_keyword_maps_; }
    // What relay_clientcerts have of a client's certificate, or of its key.
    io::Task<dict::Lookup> find_certificate(const tls::Facts& facts) const;
    // `address` as tables have it: complete, without a source route.
    std::string standard_form(std::string_view address) const {
        return rewriter_.rewrite(address, rewrite::Context::local);
    }
    io::Task<Destination> route(std::string sender, std::string recipient) const {
        return sources_.route(std::move(sender), std::move(recipient));
    }

  private:
    Sources sources_;
    Limits limits_;
    Codes codes_;
    // A list that reads as mynetworks does is not asked again.
    struct OtherList {
        dict::MatchList list;
        bool is_mynetworks;
    };
    OtherList other_list(const config::Settings& settings, std::string_view parameter) const;
    io::Task<bool> in(const OtherList& other, const Client& client) const;

    dict::MatchList mynetworks_;
    OtherList bare_lf_exclusions_, limit_exceptions_, xclient_hosts_, xforward_hosts_;
    OtherList login_exceptions_;
    HeaderClients header_clients_;
    std::vector<std::string> own_addresses_;
    RuleBook rules_;
    AccessOptions access_;
    KnownAddresses known_addresses_;
    rewrite::Rewriter rewriter_;
    std::string footer_;
    dict::Maps footer_maps_, discarded_keyword_maps_, command_filter_, relay_certificates_;
    dict::MatchList logged_permits_, forbidden_commands_;
};

}  // namespace smtpd
