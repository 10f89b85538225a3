// The names under which our processes leave each other notes in Envelope::more of a queued message.
//
// Of those below `trace` a user can leave none: what is handed in passes PostedRecords, which knows
// none of them.
#pragma once

#include <string_view>

namespace spool::note {

// What a user may ask for, under Postfix's name and with its numbers: a report on the first attempt
// (sendmail -v), or on what would come of one (sendmail -bv).
inline constexpr std::string_view trace = "trace_flags";
inline constexpr std::string_view trace_status = "1024";
inline constexpr std::string_view trace_probe = "512";

// The file of maildrop/ that the message came from; see posted_file.h.
inline constexpr std::string_view posted_file = "posthaste_posted_file";
// Why nobody gets the message: it goes back to its sender. A status code and a text.
inline constexpr std::string_view refused = "posthaste_refused";
// It is not delivered: the queue manager puts it into hold/.
inline constexpr std::string_view hold = "posthaste_hold";
// "transport:nexthop": where all its mail goes first. In queue files a record of its own.
inline constexpr std::string_view content_filter = "content_filter";
// One address instead of all recipients; met in queue files of Postfix only, as a record of its
// own.
inline constexpr std::string_view redirect = "redirect_to";

}  // namespace spool::note
