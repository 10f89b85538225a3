// Server answers the workers that connect to the anvil service, and logs statistics.
#pragma once

#include <map>
#include <set>
#include <string>

#include "anvil/census.h"
#include "lib/base/time.h"
#include "lib/config/settings.h"
#include "lib/io/listener.h"
#include "lib/io/task.h"
#include "lib/ipc/service.h"

namespace anvil {

class Server {
  public:
    struct Options {
        base::Duration unit = std::chrono::seconds(60);              // anvil_rate_time_unit
        base::Duration status_interval = std::chrono::seconds(600);  // anvil_status_update_time
        static Options from(const config::Settings& settings);
    };
    explicit Server(Options options) : options_(options), census_(options.unit) {}

    io::Task<void> run(ipc::Service& service);
    // One worker, until it goes away; its connections end with it.
    io::Task<void> converse(std::unique_ptr<io::Wire> wire);
    // Logs the peaks since the last time.
    void log_statistics();

    const Census& census() const { return census_; }

  private:
    using Held = std::map<std::string, uint32_t>;
    io::Task<void> obey(io::Stream& stream, Held& held);
    std::optional<ipc::AnvilCounts> obey_one(const ipc::AnvilRequest& request, Held& held);
    io::Task<void> keep_time();
    io::Task<void> part_when(io::Event& draining);

    Options options_;
    Census census_;
    std::set<io::Stream*> workers_;
};

}  // namespace anvil
