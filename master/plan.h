// Plan is what master.cf and main.cf make master do: each service with its sockets and processes.
#pragma once

#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/config/master_cf.h"
#include "lib/config/settings.h"
#include "lib/ipc/invocation.h"
#include "master/endpoints.h"

namespace master {

struct ServicePlan {
    std::string name;  // as in master.cf
    std::string type;
    std::string command;  // as in master.cf: the name its processes are known by
    std::string program;  // the file to run
    std::vector<Endpoint> endpoints;
    ipc::Invocation invocation;
    size_t processes = 0;   // at most; 0: any number
    size_t sessions = 0;    // over all processes; 0: any number
    bool standing = false;  // has all its processes from the start
    bool in_place = false;  // reloads without a new process
    bool relays = false;    // knows the health of relays, or schedules by it
    bool alone = false;     // never two processes, not even while one replaces the other
    base::Duration wakeup{0};
    bool wakeup_when_used = false;
    base::Duration max_idle{0};
    std::string where;  // "FILE, line N"

    std::string key() const { return name + " " + type; }
};

struct Plan {
    std::vector<ServicePlan> services;
    std::vector<std::string> notes;     // services done elsewhere or not built yet
    std::vector<std::string> warnings;  // services whose program is not there
};

// Throws config::Error with every problem.
Plan make_plan(const config::MasterCf& master_cf, const config::Settings& settings, unsigned cores);

}  // namespace master
