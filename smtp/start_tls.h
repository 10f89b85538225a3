// Taking a connection under TLS, as its approach wants it.
#pragma once

#include <optional>
#include <string>

#include "lib/io/task.h"
#include "lib/tls/wish.h"
#include "smtp/approach.h"
#include "smtp/options.h"
#include "smtp/session.h"
#include "smtp/trouble.h"

namespace smtp {

// What the policy wants of a server there.
tls::Wish wish_of(const TlsPolicy& policy, const nexthop::Endpoint& endpoint,
                  const Options& options);

// The handshake, over a connection where nothing is on its way; what the server said in the clear
// is forgotten. A server that is not the one wanted is trouble too. After trouble the session is of
// no use.
io::Task<std::optional<Trouble>> secure(Session& session, base::Duration limit,
                                        const Options& options);

// STARTTLS with the handshake behind it, where the policy wants TLS and the server has just been
// introduced. None with session.tls set: the server is to be introduced to again. None without:
// mail goes in the clear, as the policy has it.
io::Task<std::optional<Trouble>> start_tls(Session& session, const Options& options);

}  // namespace smtp
