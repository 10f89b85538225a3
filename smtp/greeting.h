// Greeting brings a connection to the point where mail can be sent over it.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "lib/io/task.h"
#include "lib/nexthop/endpoint.h"
#include "smtp/options.h"
#include "smtp/session.h"

namespace smtp {

// As log lines call whoever is at `endpoint`.
Peer peer_of(const nexthop::Endpoint& endpoint);

// No connection to `endpoint`, for the reason `error`, an errno.
Trouble unconnected(const nexthop::Endpoint& endpoint, int error);

// Hears the server's greeting; why there is none, or a bad one. Nothing is sent.
io::Task<std::optional<Trouble>> hear_greeting(Session& session, base::Duration limit,
                                               const Options& options);

// Says EHLO or HELO, or LHLO, to a server that has greeted, and logs in where that is called for;
// on the way to `nexthop`. None when it is ready for mail.
io::Task<std::optional<Trouble>> introduce(Session& session, std::string_view nexthop,
                                           const Options& options);

// QUIT; waits for the reply only where the options ask for it. Throws nothing but io::Cancelled.
io::Task<void> leave(std::unique_ptr<Session> session, const Options& options);

}  // namespace smtp
