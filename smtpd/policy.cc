#include "smtpd/policy.h"

#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/cleanup/overrides.h"
#include "lib/io/socket_address.h"
#include "lib/tls/facts.h"

namespace smtpd {

namespace {

std::vector<std::string> addresses_of_this_machine() {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0)
        throw base::SystemError("getifaddrs");
    std::vector<std::string> addresses;
    for (auto* at = first; at != nullptr; at = at->ifa_next) {
        if (at->ifa_addr == nullptr)
            continue;
        auto family = at->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6)
            continue;
        socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        sockaddr_storage storage{};
        std::memcpy(&storage, at->ifa_addr, size);
        addresses.push_back(io::SocketAddress::from(storage, size).ip());
    }
    freeifaddrs(first);
    return addresses;
}

using Match = dict::MatchList::Match;

// Whether the list has the client's address or its name.
io::Task<Match> matches(const dict::MatchList& list, const Client& client) {
    dict::MatchList::Answer address = co_await list.match(client.address);
    if (address.match != Match::no || !address.element.empty())
        co_return address.match;
    if (client.name == "unknown")
        co_return Match::no;
    dict::MatchList::Answer name = co_await list.match(client.name);
    co_return name.match;
}

}  // namespace

Client::Client(std::string_view ip, uint16_t from_port)
    : address(ip), port(base::text(from_port)) {}

std::string Client::text() const {
    std::string shown = base::text(name, '[', address, ']');
    if (shows_port)
        base::append(shown, ':', port);
    return shown;
}

Policy::Limits Policy::Limits::from(const config::Settings& settings) {
    Limits limits;
    limits.delay_reject = settings.flag("smtpd_delay_reject");
    limits.allow_untrusted_routing = settings.flag("allow_untrusted_routing");
    limits.relay_before_recipient = settings.flag("smtpd_relay_before_recipient_restrictions");
    limits.reject_unlisted_sender = settings.flag("smtpd_reject_unlisted_sender");
    namespace overrides = cleanup::overrides;
    limits.checks_recipients = !overrides::has(settings, overrides::unknown_recipients);
    limits.reject_unlisted_recipient =
        limits.checks_recipients && settings.flag("smtpd_reject_unlisted_recipient");
    limits.unknown_address_defers = settings.text("unknown_address_tempfail_action") == "defer";
    limits.unknown_helo_defers = settings.text("unknown_helo_hostname_tempfail_action") == "defer";
    return limits;
}

AccessOptions AccessOptions::from(const config::Settings& settings) {
    AccessOptions options;
    auto lists = settings.list("parent_domain_matches_subdomains");
    options.parents_match =
        std::find(lists.begin(), lists.end(), "smtpd_access_maps") != lists.end();
    options.null_key = settings.text("smtpd_null_access_lookup_key");
    options.extensions = dict::Extensions::of(settings);
    return options;
}

Policy::Policy(const config::Settings& settings, Sources sources)
    : sources_(std::move(sources)),
      limits_(Limits::from(settings)),
      codes_(Codes::from(settings)),
      mynetworks_(dict::MatchList::of(dict::MatchList::Of::clients, sources_.tables, settings,
                                      "mynetworks")),
      bare_lf_exclusions_(other_list(settings, "smtpd_forbid_bare_newline_exclusions")),
      limit_exceptions_(other_list(settings, "smtpd_client_event_limit_exceptions")),
      xclient_hosts_(other_list(settings, "smtpd_authorized_xclient_hosts")),
      xforward_hosts_(other_list(settings, "smtpd_authorized_xforward_hosts")),
      login_exceptions_(other_list(settings, "smtpd_sasl_exceptions_networks")),
      header_clients_(settings, sources_.tables),
      own_addresses_(addresses_of_this_machine()),
      rules_(settings, sources_.tables),
      access_(AccessOptions::from(settings)),
      known_addresses_(settings, sources_.tables),
      rewriter_(rewrite::Options::from(settings)),
      footer_(settings.text("smtpd_reject_footer")),
      footer_maps_(dict::Maps::of(sources_.tables, settings, "smtpd_reject_footer_maps")),
      discarded_keyword_maps_(
          dict::Maps::of(sources_.tables, settings, "smtpd_discard_ehlo_keyword_address_maps")),
      command_filter_(dict::Maps::of(sources_.tables, settings, "smtpd_command_filter")),
      relay_certificates_(dict::Maps::of(sources_.tables, settings, "relay_clientcerts")),
      logged_permits_(dict::MatchList::of(dict::MatchList::Of::strings, sources_.tables, settings,
                                          "smtpd_log_access_permit_actions")),
      forbidden_commands_(dict::MatchList::of(dict::MatchList::Of::strings, sources_.tables,
                                              settings, "smtpd_forbidden_commands")) {}

Policy::OtherList Policy::other_list(const config::Settings& settings,
                                     std::string_view parameter) const {
    return {dict::MatchList::of(dict::MatchList::Of::clients, sources_.tables, settings, parameter),
            settings.value(parameter) == settings.value("mynetworks")};
}

io::Task<bool> Policy::in(const OtherList& other, const Client& client) const {
    if (other.list.empty())
        co_return false;
    if (other.is_mynetworks)
        co_return client.trusted == Match::yes;
    Match match = co_await matches(other.list, client);
    co_return match == Match::yes;
}

Client Policy::client(std::string_view address, uint16_t port) const {
    Client client(address, port);
    client.own =
        std::find(own_addresses_.begin(), own_addresses_.end(), address) != own_addresses_.end();
    return client;
}

io::Task<void> Policy::recognize(Client& client) const {
    Match trusted = co_await matches(mynetworks_, client);
    client.trusted = trusted;
    bool may_bare_lf = co_await in(bare_lf_exclusions_, client);
    client.may_bare_lf = may_bare_lf;
    bool unlimited = co_await in(limit_exceptions_, client);
    bool may_xclient = co_await in(xclient_hosts_, client);
    client.may_xclient = may_xclient;
    bool may_xforward = co_await in(xforward_hosts_, client);
    client.may_xforward = may_xforward;
    bool excepted = co_await in(login_exceptions_, client);
    client.hears_of_auth = !excepted;
    client.unlimited = unlimited || may_xclient;
    bool completed = co_await header_clients_.has(client);
    client.completed = completed;
}

io::Task<dict::Lookup> Policy::find_certificate(const tls::Facts& facts) const {
    if (!facts.has_certificate() || relay_certificates_.empty())
        co_return dict::Lookup();
    dict::Lookup certificate =
        co_await relay_certificates_.find(facts.certificate_fingerprint, dict::Key::whole);
    if (certificate.found() || certificate.retry())
        co_return certificate;
    co_return co_await relay_certificates_.find(facts.key_fingerprint, dict::Key::whole);
}

io::Task<void> Policy::recognize_certificate(Client& client, const tls::Facts& facts) const {
    client.certified = facts.peer >= tls::PeerStatus::trusted;
    dict::Lookup listed = co_await find_certificate(facts);
    client.listed = listed.found();
    bool completed = co_await header_clients_.has(client);
    client.completed = completed;
}

}  // namespace smtpd
