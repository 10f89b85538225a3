// The parameters of what is not built yet: routing, rewriting, tables, local delivery.
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    not_built(text("fallback_transport", "", "the transport of unknown local users")),
    text("virtual_alias_maps", "$virtual_maps", "tables of aliases in all domains"),
    not_built(text("virtual_mailbox_base", "", "the directory of virtual mailboxes")),
    not_built(text("virtual_uid_maps", "", "tables of the owners of virtual mailboxes")),
    not_built(text("virtual_gid_maps", "", "tables of the groups of virtual mailboxes")),
    not_built(size("virtual_mailbox_limit", "51200000", 0, most, "the size of a virtual mailbox")),
    text("canonical_maps", "", "tables that rewrite addresses"),
    text("sender_canonical_maps", "", "tables that rewrite senders"),
    text("recipient_canonical_maps", "", "tables that rewrite recipients"),
    list("masquerade_domains", "", "domains whose subdomains are removed"),
    text("always_bcc", "", "an address that gets a copy of all mail"),
    text("sender_bcc_maps", "", "tables of copies by sender"),
    text("recipient_bcc_maps", "", "tables of copies by recipient"),
    risky(text("header_checks", "", "tables that judge headers")),
    risky(text("mime_header_checks", "$header_checks", "tables that judge MIME headers")),
    risky(text("nested_header_checks", "$header_checks", "tables that judge headers of attached messages")),
    risky(text("body_checks", "", "tables that judge lines of the body")),
    risky(text("content_filter", "", "the filter that all mail passes through")),
    risky(text("non_smtpd_milters", "", "mail filters for mail that does not come by SMTP")),
    not_built(choice("milter_default_action", "shutdown", "accept|reject|tempfail|quarantine|shutdown", "what happens when a mail filter fails")),
    not_built(text("milter_protocol", "6", "the protocol of mail filters")),
    not_built(flag("smtputf8_enable", "${{$compatibility_level} <level {1} ? {no} : {yes}}", "support of addresses beyond ASCII")),
    not_built(text("alias_maps", "hash:/etc/aliases", "tables of local aliases")),
    text("alias_database", "hash:/etc/aliases", "tables that newaliases makes"),
    not_built(text("home_mailbox", "", "the mailbox below a user's home directory")),
    not_built(text("mail_spool_directory", "/var/mail", "the directory of mailboxes")),
    raw(not_built(text("mailbox_command", "", "the command that delivers to users"))),
    not_built(text("mailbox_transport", "", "the transport that delivers to users")),
    not_built(size("mailbox_size_limit", "51200000", 0, most, "the size of a mailbox")),
    raw(not_built(text("luser_relay", "", "where mail for unknown users goes"))),
    not_built(flag("biff", "yes", "tells users who are logged in of new mail"), "no"),
    text("default_database_type", "hash", "the type of tables made by postmap"),
    not_built(time("delay_warning_time", "0h", 0, most_int, "when a sender is told that mail is late; 0: never")),
    not_built(list("notify_classes", "resource, software", "troubles that the postmaster is told of")),
    not_built(text("bounce_template_file", "", "the texts of delivery reports")),
    not_built(text("bounce_notice_recipient", "postmaster", "who gets copies of reports")),
    not_built(time("command_time_limit", "1000s", 1, most_int, "how long a delivery command may take")),
    not_built(text("multi_instance_directories", "", "configuration directories of further instances")),
    not_built(flag("multi_instance_enable", "no", "lets this instance be managed with others")),
    not_built(text("multi_instance_name", "", "the name of this instance")),
    not_built(text("multi_instance_group", "", "the group of this instance")),
    not_built(text("multi_instance_wrapper", "", "the command that manages several instances")),
    risky(text("milter_header_checks", "", "tables that judge headers made by mail filters")),
    risky(text("message_reject_characters", "", "characters that make a message be refused")),
    risky(text("message_strip_characters", "", "characters that are removed from content")),
    risky(flag("strict_7bit_headers", "no", "refuses headers beyond ASCII")),
    risky(flag("strict_8bitmime", "no", "refuses 8-bit content that is not announced")),
    risky(flag("strict_8bitmime_body", "no", "refuses 8-bit bodies that are not announced")),
    risky(flag("strict_mime_encoding_domain", "no", "refuses wrong encodings of attached messages")),
    risky(list("master_service_disable", "", "services of master.cf that are not offered")),
    not_built(text("default_filter_nexthop", "", "the next hop of content_filter when it names none")),
    not_built(word("default_privs", "nobody", "the user that commands of aliases run as")),
};
// clang-format on

Rows later_rows() {
    return rows;
}

}  // namespace config
