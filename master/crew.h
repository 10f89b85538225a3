// Crew is the processes of one service: started, watched, replaced and sent away.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "lib/io/event.h"
#include "lib/io/scope.h"
#include "master/plan.h"
#include "master/relay_health.h"
#include "master/staffing.h"
#include "master/throttle.h"
#include "master/tls_memory.h"
#include "master/worker.h"

namespace master {

// What all crews are told of the configuration.
struct Rules {
    base::Duration throttle_most{0};
    base::Duration stall_limit{0};
};

class Crew {
  public:
    struct Heard {
        // Of a process that a signal killed which speaks of a fault in the program.
        std::function<void(pid_t, int signal)> death;
        std::function<void()> change;  // settled() may be another now
    };

    // `sockets` are master's own; they, `health` and `tls` live longer than the crew.
    Crew(ServicePlan plan, std::vector<int> sockets, Rules rules, Heard heard, RelayHealth& health,
         const TlsMemory& tls);
    ~Crew();

    const ServicePlan& plan() const { return plan_; }
    size_t processes() const { return workers_.size(); }

    // Begins, as generation 0.
    void start();
    // Goes over to a new plan for the same service: see staffing.h for the order of things.
    void reload(ServicePlan plan, std::vector<int> sockets, Rules rules, unsigned generation);
    // No process takes work by the settings of an earlier generation any more.
    bool settled() const;
    // No process is started any more; those that are there end what they have begun.
    void dismiss();
    // No process is started any more; they are to end at once, or be killed after `limit`.
    void stop(base::Duration limit);
    void kill(int signal);
    // To all processes of the newest generation.
    void order(const ipc::Order& order);
    // There may be a reason to start a process.
    void look_again() { changed_.set(); }

    // Goes on when the last process has ended, or at the deadline.
    io::Event::Waiting gone(base::Instant deadline = base::never) { return gone_.wait(deadline); }
    // Ends what runs in this object; the crew must be gone or its processes be left alone.
    io::Task<void> close();

  private:
    io::Task<void> manage();
    io::Task<void> attend(Worker& worker);
    io::Task<void> watch_clients(base::Fd socket);
    io::Task<void> watch_signs();
    io::Task<void> wake_service();
    void watch();
    void on_status(const Worker& worker);
    void wake_once() const;
    Headcount count() const;
    bool client_waits() const;
    bool is_current(const Worker& worker) const;
    void supersede_outdated();
    void fill_places();
    void start_worker();
    void send_old_away();
    void cap_generations();
    void ended(Worker& worker, int wait_status);
    void tell_of_end(const Worker& worker, int wait_status);
    void check_signs(base::Instant now);
    void send_idle_away(base::Instant now);
    size_t free_slot() const;

    ServicePlan plan_;
    std::vector<int> sockets_;
    Rules rules_;
    Heard heard_;
    RelayHealth& health_;
    const TlsMemory& tls_;
    Throttle throttle_;
    unsigned generation_ = 0;
    std::list<std::unique_ptr<Worker>> workers_;
    io::Event changed_, gone_;
    io::Scope tasks_;
    io::Scope watching_;  // what depends on the plan
    bool closing_ = false;
    bool used_ = false;
    base::Instant limit_told_ = base::Instant::min();
};

}  // namespace master
