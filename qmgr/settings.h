// Settings is what qmgr takes from main.cf.
#pragma once

#include <set>
#include <string>

#include "lib/config/settings.h"
#include "lib/config/transports.h"
#include "lib/spool/options.h"
#include "lib/spool/queue_folders.h"
#include "qmgr/backoff.h"
#include "qmgr/transport.h"

namespace qmgr {

struct Settings {
    BackoffLimits backoff;
    base::Duration transport_retry{};
    base::Duration run_delay{};
    base::Duration age_limit{};  // of mail in the log
    size_t active_limit = 0;     // messages in memory
    unsigned agents = 0;         // processes of one transport; more are not asked for
    bool soft_bounce = false;
    std::set<std::string, std::less<>> defer_transports;
    config::Transports transports;
    spool::Options spool;
    spool::QueueFolders folders;
    config::Settings config;

    // Throws config::Error.
    explicit Settings(const config::Settings& settings, const std::string& queue_directory);
    // Those of one transport: its own parameters, else the default_… ones.
    TransportLimits limits(const std::string& transport) const;
};

}  // namespace qmgr
