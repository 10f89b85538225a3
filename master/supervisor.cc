#include "master/supervisor.h"

#include <signal.h>

#include <algorithm>
#include <set>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "master/events.h"

namespace master {
namespace {

using namespace std::chrono_literals;

// What a process may take for its last sessions, and when it is killed.
constexpr base::Duration stop_grace = 4s, stop_limit = 5s;
// qmgr leaves behind the others and takes the log's mail to files then; what it does not manage
// stays in the log.
constexpr base::Duration qmgr_grace = 25s, qmgr_limit = 30s;

bool is_front(const std::string& command) {
    return command != "qmgr" && command != "postlogd";
}
bool is_qmgr(const std::string& command) {
    return command == "qmgr";
}
bool is_log(const std::string& command) {
    return command == "postlogd";
}
bool any(const std::string&) {
    return true;
}

void write(const ipc::ReloadMark& mark) {
    try {
        mark.write();
    } catch (const base::SystemError& error) {
        base::log::warning(error.what());
    }
}

}  // namespace

Supervisor::Supervisor(Instance instance, Sockets sockets)
    : instance_(std::move(instance)),
      sockets_(std::move(sockets)),
      signals_({SIGTERM, SIGINT, SIGHUP, SIGQUIT}),
      health_(instance_.settings, [this] { call_probers(); }),
      tls_(instance_.settings) {}

io::Task<void> Supervisor::run() {
    write(mark_);  // of an earlier master there may be another
    log_remarks(instance_);
    for (const ServicePlan& plan : instance_.plan.services)
        start_crew(plan);
    tasks_.spawn(health_.run());
    tasks_.spawn(tls_.run());
    std::exception_ptr error;
    try {
        co_await follow_signals();
    } catch (...) {
        error = std::current_exception();
    }
    co_await close_all();
    health_.save();
    if (error)
        std::rethrow_exception(error);
}

io::Task<void> Supervisor::follow_signals() {
    while (true) {
        int signal = co_await signals_.next();
        if (signal == SIGHUP) {
            reload();
            continue;
        }
        log_terminating(signal);
        co_await stop(signal == SIGQUIT ? 0s : stop_grace);
        co_return;
    }
}

Rules Supervisor::rules() const {
    Rules rules;
    rules.throttle_most = instance_.settings.time("service_throttle_time");
    rules.stall_limit = instance_.settings.time("worker_stall_limit");
    return rules;
}

void Supervisor::start_crew(const ServicePlan& plan) {
    Crew::Heard heard;
    heard.death = [this](pid_t pid, int by) { tell_qmgr(pid, by); };
    heard.change = [this] { moved_.set(); };
    auto crew =
        std::make_unique<Crew>(plan, sockets_.of(plan), rules(), std::move(heard), health_, tls_);
    crew->start();
    crews_[plan.key()] = std::move(crew);
}

void Supervisor::tell_qmgr(pid_t pid, int signal) {
    ipc::Order order;
    order.kind = ipc::Order::Kind::death;
    order.pid = static_cast<uint32_t>(pid);
    order.signal = static_cast<uint32_t>(signal);
    for (Crew* crew : crews_of(is_qmgr))
        crew->order(order);
}

void Supervisor::call_probers() {
    for (const auto& [key, crew] : crews_)
        if (crew->plan().relays)
            crew->look_again();
}

void Supervisor::reload() {
    settling_.cancel();
    ++mark_.begun;
    write(mark_);
    if (adopt()) {
        apply();
        settling_.spawn(settle());
        return;
    }
    mark_.ended = mark_.begun;
    mark_.taken = false;
    write(mark_);
}

// False where the configuration from before goes on.
bool Supervisor::adopt() {
    try {
        Instance fresh = Instance::load(instance_.settings.directory());
        for (const char* name : {"queue_directory", "data_directory"})
            if (fresh.settings.text(name) != instance_.settings.text(name))
                throw config::Error(base::text(fresh.settings.where(name), ": ", name,
                                               " takes a stop and a start to change"));
        sockets_.adopt(fresh.plan);
        ++generation_;
        log_reloaded(fresh.settings);
        log_new_remarks(fresh, instance_);
        instance_ = std::move(fresh);
        health_.reload(instance_.settings);
        tls_.reload(instance_.settings);
        return true;
    } catch (const std::exception& error) {
        log_not_reloaded(error.what());
        return false;
    }
}

bool Supervisor::settled() const {
    std::vector<Crew*> all = crews_of(any);
    return std::ranges::all_of(all, [](const Crew* crew) { return crew->settled(); });
}

// A reload is over when nothing more is done by the settings from before, except for sessions and
// deliveries that had begun.
io::Task<void> Supervisor::settle() {
    while (!settled()) {
        moved_.clear();
        co_await moved_.wait();
    }
    mark_.ended = mark_.begun;
    mark_.taken = true;
    write(mark_);
}

void Supervisor::apply() {
    std::set<std::string> wanted;
    for (const ServicePlan& plan : instance_.plan.services) {
        wanted.insert(plan.key());
        auto present = crews_.find(plan.key());
        if (present == crews_.end())
            start_crew(plan);
        else
            present->second->reload(plan, sockets_.of(plan), rules(), generation_);
    }
    std::vector<std::string> gone;
    for (const auto& [key, crew] : crews_)
        if (!wanted.contains(key))
            gone.push_back(key);
    for (const std::string& key : gone)
        retire(key);
}

void Supervisor::retire(const std::string& key) {
    std::string grave = base::text(key, " ", generation_);
    auto crew = crews_.extract(key);
    crew.mapped()->dismiss();
    retired_[grave] = std::move(crew.mapped());
    tasks_.spawn(bury(grave));
}

io::Task<void> Supervisor::bury(std::string key) {
    Crew& crew = *retired_.at(key);
    co_await crew.gone();
    co_await crew.close();
    retired_.erase(key);
}

std::vector<Crew*> Supervisor::crews_of(bool (*wanted)(const std::string&)) const {
    std::vector<Crew*> list;
    for (const auto* crews : {&crews_, &retired_})
        for (const auto& [key, crew] : *crews)
            if (wanted(crew->plan().command))
                list.push_back(crew.get());
    return list;
}

// Those that bring mail in and out first, then qmgr, which is told at once, and the log at last.
io::Task<void> Supervisor::stop(base::Duration grace) {
    bool abrupt = grace == 0s;
    // No burial takes a crew away that is waited for here.
    tasks_.cancel();
    co_await tasks_.join();
    std::vector<Crew*> qmgr = crews_of(is_qmgr);
    for (Crew* crew : qmgr)
        crew->dismiss();
    std::vector<Crew*> front = crews_of(is_front);
    co_await stop_crews(front, grace, abrupt ? 0s : stop_limit);
    co_await stop_crews(qmgr, abrupt ? 0s : qmgr_grace, abrupt ? 0s : qmgr_limit);
    base::log::flush();
    std::vector<Crew*> log = crews_of(is_log);
    co_await stop_crews(log, stop_grace, stop_limit);
}

io::Task<void> Supervisor::stop_crews(std::vector<Crew*> crews, base::Duration grace,
                                      base::Duration limit) {
    base::Instant end = io::loop().now() + limit;
    for (Crew* crew : crews)
        crew->stop(grace);
    for (Crew* crew : crews) {
        co_await crew->gone(end);
        if (crew->processes() == 0)
            continue;
        if (limit > 0s)
            log_straggler(crew->plan(), crew->processes());
        crew->kill(SIGKILL);
        co_await crew->gone();
    }
}

io::Task<void> Supervisor::close_all() {
    settling_.cancel();
    tasks_.cancel();
    co_await settling_.join();
    co_await tasks_.join();
    std::vector<Crew*> all = crews_of(any);
    for (Crew* crew : all)
        co_await crew->close();
}

}  // namespace master
