// RelayHealth is master's part in the health of relays: it makes the table, keeps a copy on disk,
// hands it out, and sees to it that relays in trouble are probed.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "lib/config/settings.h"
#include "lib/health/snapshot.h"
#include "lib/health/table.h"
#include "lib/io/listener.h"
#include "lib/io/scope.h"
#include "lib/io/task.h"

namespace master {

class RelayHealth {
  public:
    // With what the last master left, when that is not too old. `unprobed` is called when a
    // service has relays to probe and may have nobody to do it. Throws base::SystemError.
    RelayHealth(const config::Settings& settings, std::function<void()> unprobed);

    // What processes are passed.
    int descriptor() const { return table_->descriptor(); }
    void forget_process(pid_t pid) { table_->forget_process(pid); }

    // Whether a configured relay of the service is in trouble, so that a process has to live.
    bool has_open_relay(const std::string& service) const { return open_.contains(service); }
    // Whether one of those is probed by nobody at the moment.
    bool has_unprobed_relay(const std::string& service) const {
        return unprobed_.contains(service);
    }

    // Goes over to new settings; the table itself stays.
    void reload(const config::Settings& settings);

    // Runs until cancelled: each second what time has changed, each interval the copy on disk.
    io::Task<void> run();
    // The last copy. What fails is logged.
    void save();

  private:
    void read(const config::Settings& settings);
    void make_table(const config::Settings& settings);
    void look(base::Instant now);
    io::Task<void> serve();
    void answer(int client) const;

    std::function<void()> on_unprobed_;
    std::string path_;
    base::Duration interval_{0};
    size_t slots_ = 0;
    health::Rules rules_;
    std::unique_ptr<health::Table> table_;
    std::set<std::string> open_, unprobed_;
    io::Listener listener_;
    io::Scope serving_;
    uint64_t saved_ = 0;  // the count of changes that is on disk
    bool save_failed_ = false;
};

}  // namespace master
