// What becomes of a message's own demand for TLS (REQUIRETLS, RFC 8689) at one server.
//
// A server that falls short of it is passed over, and the message is returned where all do: with
// 5.7.30 where that is for want of REQUIRETLS, with 5.7.10 where no connection is as secure as it
// would have to be. It is no fault of the server's, which may have any other mail.
#pragma once

#include <optional>
#include <string>

#include "smtp/approach.h"
#include "smtp/options.h"
#include "smtp/session.h"
#include "smtp/trouble.h"

namespace smtp {

// No connection under this policy is worth trying.
std::optional<Trouble> unfit_policy(RequireTls demand, const TlsPolicy& policy, const Visit& visit);
// The server is ready for mail, but not for this message.
std::optional<Trouble> falls_short(RequireTls demand, const Session& session);
// `trouble` of a server that could not be reached as its policy wants, which it may well never be.
Trouble as_demanded(RequireTls demand, Trouble trouble);
// Whether the server is told of the demand.
bool passes_on(RequireTls demand, const Session& session);

// For the tls= field of a delivery's line: the level, ":none" behind it where mail went in the
// clear all the same, "?" where it did not come so far; then, where there is a demand,
// "/requiretls" with what was short of it, and "!" before it where that was not put up with. ""
// where TLS plays no part.
std::string tls_status(const Session& session, RequireTls demand, const Options& options);
// Without a session, for `trouble`.
std::string tls_status(const FoundApproach& approach, const Trouble& trouble,
                       const Options& options);

}  // namespace smtp
