#include "master/plan.h"

#include <unistd.h>

#include <algorithm>

#include "lib/base/text.h"
#include "lib/config/services.h"

namespace master {
namespace {

using config::Built;
using config::ServiceEntry;
using config::ServiceType;

// How the processes of a command live.
struct Habit {
    std::string_view command;
    const char* workers;  // the parameter with the number of its worker processes
    bool standing;
    bool in_place;
    bool relays;
};

constexpr Habit habits[] = {
    {"smtpd", "smtpd_worker_processes", true, false, false},
    {"smtp", "smtp_worker_processes", false, false, true},
    {"lmtp", "smtp_worker_processes", false, false, true},
    {"qmgr", nullptr, true, true, true},
    {"postlogd", nullptr, true, false, false},
};

Habit habit_of(std::string_view command) {
    auto found = std::ranges::find(habits, command, &Habit::command);
    return found != std::end(habits) ? *found : Habit{command, nullptr, false, false, false};
}

std::string program_of(const ServiceEntry& entry, const config::Settings& settings) {
    return base::text(settings.text("daemon_directory"), "/", entry.command);
}

size_t session_limit(const ServiceEntry& entry, const config::Settings& settings) {
    if (entry.maxproc)
        return *entry.maxproc;
    const char* name = settings.is_set("default_process_limit") ? "default_process_limit"
                                                                : "default_session_limit";
    return static_cast<size_t>(settings.number(name));
}

void staff(ServicePlan& plan, const ServiceEntry& entry, const config::Settings& settings,
           unsigned cores) {
    Habit habit = habit_of(entry.command);
    bool writes_a_file = !settings.text("maillog_file").empty();
    plan.standing = habit.standing && (entry.command != "postlogd" || writes_a_file);
    plan.in_place = habit.in_place && !entry.chroot;
    plan.relays = habit.relays;
    if (config::classify_command(entry.command).counts_sessions) {
        plan.sessions = session_limit(entry, settings);
        plan.processes = 1;
        if (habit.workers != nullptr)
            plan.processes = static_cast<size_t>(settings.number(habit.workers));
        if (plan.processes == 0)
            plan.processes = cores;
        if (plan.sessions > 0)
            plan.processes = std::min(plan.processes, plan.sessions);
    } else {
        auto standard = static_cast<unsigned>(settings.number("default_process_limit"));
        plan.processes = habit.standing ? 1 : entry.maxproc.value_or(standard);
        plan.alone = plan.processes == 1;
    }
}

ServicePlan plan_service(const ServiceEntry& entry, const config::Settings& common,
                         unsigned cores) {
    // With the overrides of this line: what a process of it would refuse is refused here.
    config::Settings settings =
        config::Settings::from(common.main_cf(), common.directory(), entry.overrides);
    ServicePlan plan;
    plan.name = entry.name;
    plan.type = config::service_type_name(entry.type);
    plan.command = entry.command;
    plan.program = program_of(entry, settings);
    plan.endpoints = endpoints_of(entry, settings);
    plan.invocation.service = plan.name;
    plan.invocation.type = plan.type;
    plan.invocation.unprivileged = entry.unprivileged;
    plan.invocation.chroot = entry.chroot;
    plan.invocation.sockets = static_cast<unsigned>(plan.endpoints.size());
    plan.invocation.overrides = entry.overrides;
    plan.invocation.arguments = entry.arguments;
    plan.invocation.config_directory = common.directory();
    plan.wakeup = entry.wakeup;
    plan.wakeup_when_used = entry.wakeup_when_used;
    plan.max_idle = settings.time("max_idle");
    plan.where = entry.where;
    staff(plan, entry, settings, cores);
    return plan;
}

// What to tell of a line that gets no process; "" when it gets one.
std::string absence(const ServiceEntry& entry) {
    config::Command command = config::classify_command(entry.command);
    if (command.built == Built::elsewhere)
        return base::text("service ", entry.name, ": the work of ", entry.command, " is done ",
                          command.note);
    if (command.built == Built::not_yet) {
        bool delivers = command.counts_sessions && entry.type != ServiceType::inet;
        return base::text("service ", entry.name, ": ", entry.command, " is not built yet",
                          delivers ? ": mail for it is deferred (mail transport unavailable)" : "");
    }
    if (entry.type == ServiceType::pass)
        return base::text("service ", entry.name, ": services of type pass are not built yet");
    return {};
}

}  // namespace

Plan make_plan(const config::MasterCf& master_cf, const config::Settings& settings,
               unsigned cores) {
    Plan plan;
    std::vector<std::string> problems;
    for (const ServiceEntry& entry : master_cf.entries()) {
        if (config::classify_command(entry.command).built == Built::unknown) {
            problems.push_back(base::text(entry.where, ": service ", entry.name,
                                          ": unknown command \"", entry.command, "\""));
            continue;
        }
        if (std::string note = absence(entry); !note.empty()) {
            plan.notes.push_back(std::move(note));
            continue;
        }
        try {
            ServicePlan service = plan_service(entry, settings, cores);
            bool present = ::access(service.program.c_str(), X_OK) == 0;
            std::string missing =
                base::text(entry.where, ": service ", entry.name, ": cannot run ", service.program);
            if (!present && service.standing)
                throw config::Error(missing);
            if (entry.type == ServiceType::fifo)
                plan.notes.push_back(
                    base::text("service ", entry.name, ": a fifo is served as ", "a unix socket"));
            if (present)
                plan.services.push_back(std::move(service));
            else
                plan.warnings.push_back(missing + ": nobody serves its clients");
        } catch (const config::Error& error) {
            problems.insert(problems.end(), error.problems().begin(), error.problems().end());
        }
    }
    if (!problems.empty())
        throw config::Error(problems);
    return plan;
}

}  // namespace master
