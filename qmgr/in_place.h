// The delivery services whose whole work is an answer: error, retry and discard.
#pragma once

#include <optional>
#include <string_view>

#include "lib/mail/outcome.h"

namespace qmgr {

// What such a service makes of a recipient; none for any other command. The next hop is the text,
// perhaps with a status code in front: error bounces with it, defers where the service is called
// "retry"; discard takes the mail for delivered.
std::optional<mail::Outcome> deliver_in_place(std::string_view command, std::string_view service,
                                              std::string_view nexthop);

// What becomes of the recipients of a message that nobody gets: `why` is a status code and a text.
mail::Outcome return_to_sender(std::string_view why);

}  // namespace qmgr
