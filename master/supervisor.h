// Supervisor runs an instance: a crew for each service, from start over reloads to stop.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/io/event.h"
#include "lib/io/scope.h"
#include "lib/io/signals.h"
#include "lib/ipc/reload_mark.h"
#include "master/crew.h"
#include "master/instance.h"
#include "master/relay_health.h"
#include "master/sockets.h"
#include "master/tls_memory.h"

namespace master {

class Supervisor {
  public:
    // `sockets` are open for the instance's plan.
    Supervisor(Instance instance, Sockets sockets);

    // Starts all services and follows signals: HUP reloads, TERM and INT stop, QUIT stops without
    // grace. Returns when everything has ended.
    io::Task<void> run();

  private:
    io::Task<void> follow_signals();
    io::Task<void> stop(base::Duration grace);
    io::Task<void> stop_crews(std::vector<Crew*> crews, base::Duration grace, base::Duration limit);
    io::Task<void> bury(std::string key);
    io::Task<void> close_all();
    void reload();
    bool adopt();
    void apply();
    io::Task<void> settle();
    bool settled() const;
    Rules rules() const;
    void start_crew(const ServicePlan& plan);
    void retire(const std::string& key);
    void tell_qmgr(pid_t pid, int signal);
    void call_probers();
    std::vector<Crew*> crews_of(bool (*wanted)(const std::string& command)) const;

    Instance instance_;
    Sockets sockets_;
    io::Signals signals_;
    unsigned generation_ = 0;
    RelayHealth health_;
    TlsMemory tls_;
    std::map<std::string, std::unique_ptr<Crew>> crews_;    // by ServicePlan::key()
    std::map<std::string, std::unique_ptr<Crew>> retired_;  // by a key of their own
    ipc::ReloadMark mark_;
    io::Event moved_;     // some crew's processes are in another state
    io::Scope settling_;  // of the last reload
    io::Scope tasks_;
};

}  // namespace master
