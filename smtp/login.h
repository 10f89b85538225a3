// Login is the AUTH dialogue (RFC 4954) of a session whose approach has a login.
#pragma once

#include <optional>

#include "lib/io/task.h"
#include "smtp/options.h"
#include "smtp/session.h"
#include "smtp/trouble.h"

namespace smtp {

// Logs in behind EHLO; none when the session may have mail, which is at once where it has no login.
// Whoever has one is never let pass without it. Throws as Session::reply() does.
io::Task<std::optional<Trouble>> log_in(Session& session, const Options& options);

}  // namespace smtp
