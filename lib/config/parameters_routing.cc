// The parameters of addresses and routing.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    flag("allow_min_user", "no", "takes recipients that begin with '-'"),
    flag("allow_percent_hack", "yes", "turns user%domain into user@domain"),
    flag("append_at_myorigin", "yes", "adds $myorigin to an address without a domain"),
    flag("append_dot_mydomain", "${{$compatibility_level} <level {1} ? {yes} : {no}}", "adds $mydomain to a domain without a dot"),
    word("default_transport", "smtp", "the transport of mail for other domains, and perhaps a next hop"),
    text("empty_address_default_transport_maps_lookup_key", "<>", "the key of the null sender in sender_dependent_default_transport_maps"),
    word("empty_address_recipient", "MAILER-DAEMON", "who gets mail for the null address"),
    text("empty_address_relayhost_maps_lookup_key", "<>", "the key of the null sender in sender_dependent_relayhost_maps"),
    word("local_transport", "local:$myhostname", "the transport of local domains, and perhaps a next hop"),
    flag("owner_request_special", "yes", "treats owner-list and list-request as names without an extension"),
    text("recipient_delimiter", "", "the characters that separate a user from an extension"),
    list("relay_domains", "${{$compatibility_level} <level {2} ? {$mydestination} : {}}", "domains that mail is relayed to for anybody"),
    word("relay_transport", "relay", "the transport of relay domains, and perhaps a next hop"),
    list("relayhost", "", "where mail for other domains goes, unless a transport says otherwise"),
    text("relocated_maps", "", "tables of recipients that have moved"),
    flag("relocated_prefix_enable", "yes", "puts \"5.1.6 User has moved to\" before values of relocated_maps"),
    text("remote_header_rewrite_domain", "", "the domain that headers from remote clients are completed with"),
    flag("resolve_dequoted_address", "yes", "looks for routing behind quotes"),
    flag("resolve_null_domain", "no", "takes user@ as an address of this machine"),
    flag("resolve_numeric_domain", "no", "takes user@192.0.2.1 as user@[192.0.2.1]"),
    text("sender_dependent_default_transport_maps", "", "tables that give the transport of a sender"),
    text("sender_dependent_relayhost_maps", "", "tables that give the relay of a sender"),
    flag("swap_bangpath", "yes", "turns host!user into user@host"),
    text("transport_maps", "", "tables that give transport and next hop"),
    list("virtual_alias_domains", "$virtual_alias_maps", "domains whose addresses are all aliases"),
    list("virtual_mailbox_domains", "$virtual_mailbox_maps", "domains with mailboxes of their own"),
    word("virtual_transport", "virtual", "the transport of virtual mailbox domains, and perhaps a next hop"),
    risky(text("best_mx_transport", "", "the transport of mail that this machine is mail exchanger of")),
};
// clang-format on

Rows routing_rows() {
    return rows;
}

}  // namespace config
