// Asking a server whether it is there: a connection, its greeting, EHLO, TLS where its approach
// wants that, and goodbye.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/health/subject.h"
#include "lib/io/task.h"
#include "lib/nexthop/endpoint.h"
#include "lib/tls/facts.h"
#include "smtp/approach.h"
#include "smtp/dialer.h"
#include "smtp/options.h"
#include "smtp/trouble.h"

namespace smtp {

// Where the subject of an endpoint's record is; none where its key is no place.
std::optional<nexthop::Endpoint> endpoint_of(const health::Subject& subject);

struct Probed {
    Probed() = default;
    std::optional<Trouble> trouble;  // none when all went well
    // How long each step took; none of a step that it did not come to.
    std::optional<base::Duration> connecting, greeting, introduction;
    std::string greeted;                  // the server's words, as log lines quote them
    std::string_view protocol;            // ESMTP, SMTP or LMTP, once it is introduced
    std::vector<std::string> extensions;  // what it offers, as it says it
    std::unique_ptr<tls::Facts> tls;      // null: it did not come to TLS
    bool requiretls = false;              // offered under that
    std::string login, mechanism;         // who logged in, and by what; "" for nobody
};

// The limits are those of failover_probe_…_timeout. Throws what goes wrong here.
io::Task<Probed> ask(Dialer& dialer, nexthop::Endpoint endpoint, SharedApproach approach,
                     const Options& options);

}  // namespace smtp
