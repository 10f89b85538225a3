// What an entry of an access table may do with the message as a whole (access(5)).
//
// Each logs what it does and lets the list of restrictions go on, except DISCARD. Where there is no
// transaction yet they do nothing.
#pragma once

#include <string_view>

#include "smtpd/access_entry.h"

namespace smtpd {

// An entry, of whom it is, and the text behind its action.
struct Said {
    const AccessEntry& entry;
    const Subject& subject;
    std::string_view text;
};

namespace actions {

Verdict hold(Check& check, const Said& said);
Verdict discard(Check& check, const Said& said);
Verdict filter(Check& check, const Said& said);    // text: transport:destination
Verdict redirect(Check& check, const Said& said);  // text: user@domain
Verdict copy(Check& check, const Said& said);      // text: user@domain
Verdict prepend(Check& check, const Said& said);   // text: a header

}  // namespace actions

}  // namespace smtpd
