#include "master/events.h"

#include <algorithm>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/text.h"

namespace master {

namespace log = base::log;
using base::text;

namespace {

std::string release(std::string_view what, const config::Settings& settings) {
    return text(what, " -- version ", settings.text("mail_version"), ", configuration ",
                settings.directory());
}

bool among(const std::vector<std::string>& lines, const std::string& line) {
    return std::ranges::find(lines, line) != lines.end();
}

}  // namespace

void log_started(const config::Settings& settings) {
    log::info(release("daemon started", settings));
}

void log_reloaded(const config::Settings& settings) {
    log::info(release("reload", settings));
}

void log_not_reloaded(std::string_view problems) {
    for (std::string_view line : base::split(problems, "\n"))
        log::error(line);
    log::error("not reloaded: going on with the configuration from before");
}

void log_terminating(int signal) {
    log::info(text("terminating on signal ", signal));
}

void log_killed(const Worker& worker, int signal) {
    log::warning(
        text("process ", worker.program(), " pid ", worker.pid(), " killed by signal ", signal));
}

void log_exit(const Worker& worker, int status) {
    log::warning(
        text("process ", worker.program(), " pid ", worker.pid(), " exit status ", status));
}

void log_throttled(const ServicePlan& plan) {
    log::warning(text(plan.program, ": bad command startup -- throttling"));
}

void log_relay_health(const health::Transition& transition) {
    log::info(health::log_line(transition));
}

void log_snapshot_ignored(std::string_view path, std::string_view problem) {
    log::warning(text(path, ": what was known of relays is not used: ", problem));
}

void log_snapshot_not_written(std::string_view problem) {
    log::warning(text("what is known of relays is not written: ", problem));
}

void log_table_size_later(size_t size, size_t wanted) {
    log::warning(text("failover_table_size: ", wanted,
                      " takes effect at the next start; until then ", size,
                      " relays are remembered"));
}

void log_tables_rebuilt(const ServicePlan& plan) {
    base::log::info(base::text("service ", plan.name,
                               ": a table was rebuilt that its processes may not open; others take "
                               "their place"));
}

void log_process_limit(const ServicePlan& plan) {
    log::warning(text("service \"", plan.name, "\" (", plan.command,
                      ") has reached its process limit \"", plan.processes,
                      "\": its clients wait (maxproc in ", plan.where, ")"));
}

void log_stalled(const Worker& worker, base::Duration limit) {
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
    log::warning(text("process ", worker.program(), " pid ", worker.pid(),
                      " gave no sign of life for ", seconds, "s -- killing it"));
}

void log_straggler(const ServicePlan& plan, size_t processes) {
    log::warning(text("service ", plan.name, " (", plan.command, "): ", processes,
                      processes == 1 ? " process" : " processes",
                      " did not end in time -- killing"));
}

void log_remarks(const Instance& instance) {
    for (const std::string& line : instance.plan.warnings)
        log::warning(line);
    for (const std::string& line : instance.plan.notes)
        log::info(line);
}

void log_new_remarks(const Instance& instance, const Instance& before) {
    for (const std::string& line : instance.doubts)
        if (!among(before.doubts, line))
            log::warning(line);
    for (const std::string& line : instance.plan.warnings)
        if (!among(before.plan.warnings, line))
            log::warning(line);
    for (const std::string& line : instance.plan.notes)
        if (!among(before.plan.notes, line))
            log::info(line);
}

}  // namespace master
