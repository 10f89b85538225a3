// Asking a server whether it is there: a connection, its greeting, EHLO, and goodbye.
#pragma once

#include <optional>

#include "lib/health/subject.h"
#include "lib/io/task.h"
#include "lib/nexthop/endpoint.h"
#include "smtp/dialer.h"
#include "smtp/options.h"
#include "smtp/trouble.h"

namespace smtp {

// Where the subject of an endpoint's record is; none where its key is no place.
std::optional<nexthop::Endpoint> endpoint_of(const health::Subject& subject);

// None when all went well. The limits are those of failover_probe_…_timeout.
io::Task<std::optional<Trouble>> ask(Dialer& dialer, nexthop::Endpoint endpoint,
                                     const Options& options);

}  // namespace smtp
