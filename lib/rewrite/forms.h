// The old forms of addresses, turned into user@domain: source routes, host!user, user%host.
//
// Precedence is @, then !, then %: the operator on the right of this list is looked at only where
// those on the left are absent.
#pragma once

#include "lib/rewrite/unquoted.h"

namespace rewrite {

// "@a,@b:user@c" becomes "user@c" (RFC 5321 appendix C).
void drop_source_route(Unquoted& address);
// "host!user", which has no @, becomes "user@host"; of several the first is the host.
void swap_bangpath(Unquoted& address);
// "user%host", which has no @, becomes "user@host"; of several the last is the host.
void turn_percent(Unquoted& address);
// "user@host." becomes "user@host"; two dots at the end stay, as do those after nothing.
void drop_trailing_dot(Unquoted& address);

}  // namespace rewrite
