// An entry of an access table is an action, obeyed as access(5) has it.
#pragma once

#include <optional>
#include <string>

#include "smtpd/access_keys.h"
#include "smtpd/check.h"

namespace smtpd {

struct AccessEntry {
    std::string table;  // "hash:/etc/postfix/access"
    std::string key;
    std::string value;
};

io::Task<Verdict> obey_entry(Check& check, const AccessEntry& entry, const Subject& subject);

// The first key that the rule's table knows decides; none where it knows no key.
io::Task<std::optional<Verdict>> ask_table(Check& check, const Rule& rule, const AccessKeys& keys,
                                           const Subject& subject);

// The enhanced status code that `text` begins with, else `otherwise`; and the rest of the text.
struct StatusText {
    std::string dsn;
    std::string text;
};
StatusText split_status(std::string_view text, std::string_view otherwise);
// A status about recipients becomes one about senders, and the other way round; for what is no mail
// address both become a general one.
std::string fitting_status(std::string_view dsn, std::string_view kind);

}  // namespace smtpd
