// The parameters of delivery to mailboxes, commands and aliases (not built yet).
#include "lib/config/parameter_rows.h"

namespace config {

// clang-format off
static constexpr Parameter rows[] = {
    not_built(list("allow_mail_to_commands", "alias, forward", "where an address may be a command")),
    not_built(list("allow_mail_to_files", "alias, forward", "where an address may be a file")),
    raw(not_built(text("command_execution_directory", "", "the directory that delivery commands run in"))),
    not_built(text("command_expansion_filter", "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "characters allowed in commands' arguments")),
    not_built(number("deliver_lock_attempts", "20", 1, most_int, "tries to lock a mailbox")),
    not_built(time("deliver_lock_delay", "1s", 1, most_int, "the pause between such tries")),
    not_built(text("execution_directory_expansion_filter", "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "characters allowed in command_execution_directory")),
    not_built(flag("expand_owner_alias", "no", "takes the owner of a list from its alias")),
    not_built(list("export_environment", "TZ MAIL_CONFIG LANG", "environment variables given to commands")),
    not_built(text("fallback_transport_maps", "", "tables of the transport of unknown local users")),
    not_built(text("forward_expansion_filter", "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "characters allowed in forward_path")),
    raw(not_built(text("forward_path", "$home/.forward${recipient_delimiter}${extension}, $home/.forward", "the files of forwarding addresses"))),
    not_built(flag("frozen_delivered_to", "yes", "compares with Delivered-To: headers of the first delivery only")),
    not_built(text("local_command_shell", "", "the shell of delivery commands")),
    not_built(text("local_delivery_status_filter", "$default_delivery_status_filter", "tables that change delivery status codes of local")),
    not_built(text("mailbox_command_maps", "", "tables of delivery commands")),
    not_built(list("mailbox_delivery_lock", "fcntl, dotlock", "how mailboxes are locked")),
    not_built(text("mailbox_transport_maps", "", "tables of the transport that delivers to users")),
    not_built(text("pipe_delivery_status_filter", "$default_delivery_status_filter", "tables that change delivery status codes of pipe")),
    not_built(list("prepend_delivered_header", "command, file, forward", "deliveries that get a Delivered-To: header")),
    not_built(flag("require_home_directory", "no", "keeps mail when a home directory is missing")),
    not_built(flag("reset_owner_alias", "no", "a list in a list keeps the owner of the first")),
    not_built(time("stale_lock_time", "500s", 1, most_int, "the age at which a lock file is broken")),
    not_built(flag("strict_mailbox_ownership", "yes", "keeps mail when a mailbox has a wrong owner")),
    not_built(flag("sun_mailtool_compatibility", "no", "an older form of mailbox_delivery_lock = dotlock")),
    not_built(text("virtual_delivery_status_filter", "$default_delivery_status_filter", "tables that change delivery status codes of virtual")),
    not_built(list("virtual_mailbox_lock", "fcntl, dotlock", "how virtual mailboxes are locked")),
    not_built(number("virtual_minimum_uid", "100", 1, most_int, "the least user ID that virtual acts as")),
    not_built(text("fallback_transport", "", "the transport of unknown local users")),
    not_built(text("virtual_mailbox_base", "", "the directory of virtual mailboxes")),
    not_built(text("virtual_uid_maps", "", "tables of the owners of virtual mailboxes")),
    not_built(text("virtual_gid_maps", "", "tables of the groups of virtual mailboxes")),
    not_built(size("virtual_mailbox_limit", "51200000", 0, most, "the size of a virtual mailbox")),
    not_built(text("alias_maps", "hash:/etc/aliases", "tables of local aliases")),
    not_built(text("home_mailbox", "", "the mailbox below a user's home directory")),
    not_built(text("mail_spool_directory", "/var/mail", "the directory of mailboxes")),
    raw(not_built(text("mailbox_command", "", "the command that delivers to users"))),
    not_built(text("mailbox_transport", "", "the transport that delivers to users")),
    not_built(size("mailbox_size_limit", "51200000", 0, most, "the size of a mailbox")),
    raw(not_built(text("luser_relay", "", "where mail for unknown users goes"))),
    not_built(flag("biff", "yes", "tells users who are logged in of new mail"), "no"),
    not_built(time("command_time_limit", "1000s", 1, most_int, "how long a delivery command may take")),
    not_built(word("default_privs", "nobody", "the user that commands of aliases run as")),
};
// clang-format on

Rows mailbox_rows() {
    return rows;
}

}  // namespace config
