// Worker is one process of a service, as master knows it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/io/child.h"
#include "lib/io/scope.h"
#include "lib/ipc/status.h"
#include "lib/ipc/status_channel.h"
#include "master/plan.h"

namespace master {

struct WorkerOrder {
    const ServicePlan* plan = nullptr;
    std::vector<int> sockets;
    size_t slot = 0;  // which of the plan's processes
    unsigned generation = 0;
    int health = -1;  // the table of relay health, for a plan that has to do with relays
    int tls = -1;     // the memory of TLS, for a plan that has to do with that
};

class Worker {
  public:
    // Starts the process. Throws base::SystemError.
    // `on_status` is called for every message of the process while attend() runs.
    Worker(const WorkerOrder& order, std::function<void(const Worker&)> on_status);

    // Runs beside the process until it has ended; its wait status.
    io::Task<int> attend();

    pid_t pid() const { return child_.pid(); }
    const std::string& program() const { return program_; }
    size_t slot() const { return slot_; }
    unsigned generation() const { return generation_; }
    void join_generation(unsigned generation) { generation_ = generation; }
    // It works by the settings and the tables of its generation.
    bool up_to_date() const;
    // From here on it counts as one of an earlier generation.
    void supersede() { superseded_ = true; }
    bool superseded() const { return superseded_; }
    const ipc::Status& status() const { return status_; }
    bool was_ready() const { return was_ready_; }
    // It takes no more work, or has been told so.
    bool leaving() const { return dismissed_ || said_leaving(); }
    bool said_leaving() const { return status_.phase == ipc::Status::Phase::leaving; }
    base::Instant last_sign() const { return last_sign_; }
    base::Instant idle_since() const { return idle_since_; }

    // Tells it to accept nothing new; it ends when its sessions have.
    void dismiss(base::Duration until_hurry);
    void send(const ipc::Order& order) { channel_.send(order.encode()); }
    void kill(int signal) const { child_.kill(signal); }

  private:
    Worker(const WorkerOrder& order, std::pair<base::Fd, base::Fd> channel);
    io::Task<void> listen();
    void take(std::string_view message);

    std::function<void(const Worker&)> on_status_;
    std::string program_;
    size_t slot_;
    const unsigned first_generation_;
    unsigned generation_;
    io::Child child_;
    ipc::StatusChannel channel_;
    io::Scope listening_;
    ipc::Status status_;
    bool was_ready_ = false;
    bool dismissed_ = false;
    bool superseded_ = false;
    base::Instant last_sign_;
    base::Instant idle_since_;
};

}  // namespace master
