// The log lines of master, one function an event.
#pragma once

#include <string_view>

#include "lib/base/time.h"
#include "lib/config/settings.h"
#include "lib/health/transition.h"
#include "master/instance.h"
#include "master/plan.h"
#include "master/worker.h"

namespace master {

void log_started(const config::Settings& settings);
void log_reloaded(const config::Settings& settings);
void log_not_reloaded(std::string_view problems);
void log_terminating(int signal);
void log_killed(const Worker& worker, int signal);
void log_exit(const Worker& worker, int status);
void log_throttled(const ServicePlan& plan);
void log_tables_rebuilt(const ServicePlan& plan);
void log_process_limit(const ServicePlan& plan);
void log_stalled(const Worker& worker, base::Duration limit);
void log_straggler(const ServicePlan& plan, size_t processes);
void log_relay_health(const health::Transition& transition);
void log_snapshot_ignored(std::string_view path, std::string_view problem);
void log_snapshot_not_written(std::string_view problem);
// A table of another size than main.cf has now.
void log_table_size_later(size_t size, size_t wanted);
// What there is to say of the services at start, where `postfix start` has told all else; and of
// a whole configuration at a reload, as far as it was not true before.
void log_remarks(const Instance& instance);
void log_new_remarks(const Instance& instance, const Instance& before);

}  // namespace master
