// The parameters of addresses: how they are read, rewritten, aliased and copied.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    flag("allow_untrusted_routing", "no", "relays addresses with routing of the sender for anybody"),
    list("canonical_classes", "envelope_sender, envelope_recipient, header_sender, header_recipient", "addresses that canonical_maps rewrite"),
    number("duplicate_filter_limit", "1000", 0, most_int, "recipients of a message remembered against duplicates; 0: all"),
    not_built(text("empty_address_local_login_sender_maps_lookup_key", "<>", "the key of the null sender in local_login_sender_maps")),
    not_built(flag("enable_idna2003_compatibility", "no", "translates domain names as IDNA 2003")),
    flag("enable_original_recipient", "yes", "keeps the recipient as it was before rewriting"),
    list("masquerade_classes", "envelope_sender, header_sender, header_recipient", "addresses that masquerade_domains change"),
    list("masquerade_exceptions", "", "users whose domains are not masqueraded"),
    list("propagate_unmatched_extensions", "canonical, virtual", "rewritings that keep an address extension"),
    list("recipient_canonical_classes", "envelope_recipient, header_recipient", "addresses that recipient_canonical_maps rewrite"),
    list("sender_canonical_classes", "envelope_sender, header_sender", "addresses that sender_canonical_maps rewrite"),
    not_built(list("smtputf8_autodetect_classes", "sendmail, verify", "mail that is searched for a need of SMTPUTF8")),
    not_built(flag("strict_smtputf8", "no", "takes UTF-8 only in mail announced as SMTPUTF8")),
    number("virtual_alias_address_length_limit", "1000", 1, most_int, "the longest address that an alias may give"),
    number("virtual_alias_expansion_limit", "1000", 1, most_int, "recipients that aliases may give a message"),
    number("virtual_alias_recursion_limit", "1000", 1, most_int, "aliases of aliases of a recipient"),
    text("virtual_alias_maps", "$virtual_maps", "tables of aliases in all domains"),
    text("canonical_maps", "", "tables that rewrite addresses"),
    text("sender_canonical_maps", "", "tables that rewrite senders"),
    text("recipient_canonical_maps", "", "tables that rewrite recipients"),
    list("masquerade_domains", "", "domains whose subdomains are removed"),
    text("always_bcc", "", "an address that gets a copy of all mail"),
    text("sender_bcc_maps", "", "tables of copies by sender"),
    text("recipient_bcc_maps", "", "tables of copies by recipient"),
    not_built(flag("smtputf8_enable", "${{$compatibility_level} <level {1} ? {no} : {yes}}", "support of addresses beyond ASCII")),
    list("local_header_rewrite_clients", "permit_inet_interfaces", "clients whose headers are completed"),
};
// clang-format on

Rows addresses_rows() {
    return rows;
}

}  // namespace config
