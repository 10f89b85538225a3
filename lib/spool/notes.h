// The names under which our processes leave each other notes in Envelope::more of a queued message.
//
// Nobody else can: what a user hands in passes PostedRecords, which knows none of them.
#pragma once

#include <string_view>

namespace spool::note {

// The file of maildrop/ that the message came from; see posted_file.h.
inline constexpr std::string_view posted_file = "posthaste_posted_file";
// Why nobody gets the message: it goes back to its sender. A status code and a text.
inline constexpr std::string_view refused = "posthaste_refused";

}  // namespace spool::note
