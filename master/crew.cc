#include "master/crew.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <set>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "master/events.h"

namespace master {
namespace {

using namespace std::chrono_literals;

// After a reload: how long clients of the old processes may go on before they are told to come
// back, and how many generations may be in that state.
constexpr base::Duration reload_grace = 100s;
constexpr size_t most_old_generations = 3;
constexpr base::Duration limit_told_every = 1000s;

bool is_fault(int signal) {
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT || signal == SIGILL ||
           signal == SIGFPE;
}

}  // namespace

Crew::Crew(ServicePlan plan, std::vector<int> sockets, Rules rules, Heard heard,
           RelayHealth& health, const TlsMemory& tls)
    : plan_(std::move(plan)),
      sockets_(std::move(sockets)),
      rules_(rules),
      heard_(std::move(heard)),
      health_(health),
      tls_(tls),
      throttle_(rules.throttle_most) {}

Crew::~Crew() = default;

void Crew::start() {
    tasks_.spawn(manage());
    tasks_.spawn(watch_signs());
    watch();
}

// Looks at the state of the service whenever something has changed.
io::Task<void> Crew::manage() {
    while (true) {
        changed_.clear();
        supersede_outdated();
        fill_places();
        send_old_away();
        heard_.change();
        base::Instant later =
            throttle_.free_at() > io::loop().now() ? throttle_.free_at() : base::never;
        co_await changed_.wait(later);
    }
}

bool Crew::is_current(const Worker& worker) const {
    return worker.generation() == generation_ && !worker.superseded();
}

// Processes that may not open a rebuilt table make room for others, as at a reload. They say so
// again and again, so that those can wait for whom there is no room yet.
void Crew::supersede_outdated() {
    size_t leaving = 0;
    for (const auto& worker : workers_)
        leaving += worker->leaving() ? 1 : 0;
    bool any = false;
    for (auto& worker : workers_) {
        bool asks = worker->status().outdated && !worker->superseded() && !worker->leaving();
        if (!asks || leaving >= most_old_generations * std::max<size_t>(plan_.processes, 1))
            continue;
        worker->supersede();
        any = true;
    }
    if (any)
        log_tables_rebuilt(plan_);
}

Headcount Crew::count() const {
    Headcount count;
    count.standing = plan_.standing;
    count.most = plan_.processes;
    count.alone = plan_.alone || plan_.in_place;
    for (const auto& worker : workers_) {
        if (worker->leaving())
            ++count.leaving;
        else if (!is_current(*worker))
            ++count.old;
        else if (!worker->was_ready())
            ++count.starting;
        else
            ++(worker->status().available ? count.available : count.busy);
    }
    count.client_waits = !plan_.standing && client_waits();
    count.relay_waits = plan_.relays && health_.has_unprobed_relay(plan_.name);
    return count;
}

bool Crew::client_waits() const {
    std::vector<pollfd> list;
    for (int socket : sockets_)
        list.push_back({socket, POLLIN, 0});
    return ::poll(list.data(), list.size(), 0) > 0;
}

void Crew::fill_places() {
    if (closing_ || io::loop().now() < throttle_.free_at())
        return;
    Headcount now = count();
    if (at_limit(now) && io::loop().now() >= limit_told_ && plan_.sessions == 0) {
        limit_told_ = io::loop().now() + limit_told_every;
        log_process_limit(plan_);
    }
    for (size_t n = to_start(now); n > 0; --n)
        start_worker();
}

size_t Crew::free_slot() const {
    std::set<size_t> taken;
    for (const auto& worker : workers_)
        if (is_current(*worker) && !worker->leaving())
            taken.insert(worker->slot());
    size_t slot = 0;
    while (taken.contains(slot))
        ++slot;
    return slot;
}

void Crew::start_worker() {
    WorkerOrder order;
    order.plan = &plan_;
    order.sockets = sockets_;
    order.slot = free_slot();
    order.generation = generation_;
    if (plan_.relays)
        order.health = health_.descriptor();
    order.tls = tls_.descriptor(plan_.command);
    used_ = true;
    try {
        workers_.push_back(
            std::make_unique<Worker>(order, [this](const Worker& of) { on_status(of); }));
        gone_.clear();
        tasks_.spawn(attend(*workers_.back()));
    } catch (const std::exception& error) {
        base::log::warning(error.what());
        throttle_.failed(io::loop().now());
        log_throttled(plan_);
    }
}

io::Task<void> Crew::attend(Worker& worker) {
    int status = co_await worker.attend();
    ended(worker, status);
}

void Crew::on_status(const Worker& worker) {
    if (worker.status().phase == ipc::Status::Phase::ready)
        throttle_.succeeded();
    changed_.set();
}

void Crew::ended(Worker& worker, int wait_status) {
    if (!closing_ || (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) != SIGTERM))
        tell_of_end(worker, wait_status);
    bool by_kill = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL;
    if (!worker.was_ready() && !worker.leaving() && !closing_ && !by_kill) {
        throttle_.failed(io::loop().now());
        log_throttled(plan_);
    }
    if (WIFSIGNALED(wait_status) && is_fault(WTERMSIG(wait_status)))
        heard_.death(worker.pid(), WTERMSIG(wait_status));
    if (plan_.relays)
        health_.forget_process(worker.pid());
    bool was_old = !is_current(worker);
    workers_.remove_if([&](const auto& each) { return each.get() == &worker; });
    if (workers_.empty())
        gone_.set();
    // It may have left work behind that nobody rings for again.
    if (was_old && !closing_ && plan_.wakeup > 0s)
        wake_once();
    changed_.set();
}

void Crew::tell_of_end(const Worker& worker, int wait_status) {
    if (WIFSIGNALED(wait_status))
        log_killed(worker, WTERMSIG(wait_status));
    else if (WEXITSTATUS(wait_status) != 0)
        log_exit(worker, WEXITSTATUS(wait_status));
}

void Crew::reload(ServicePlan plan, std::vector<int> sockets, Rules rules, unsigned generation) {
    bool same_process = plan_.in_place && plan.in_place &&
                        plan.invocation.command_line() == plan_.invocation.command_line() &&
                        plan.program == plan_.program && sockets == sockets_;
    plan_ = std::move(plan);
    sockets_ = std::move(sockets);
    rules_ = rules;
    throttle_ = Throttle(rules.throttle_most);
    generation_ = generation;
    if (same_process) {
        ipc::Order order;
        order.kind = ipc::Order::Kind::reload;
        order.generation = generation;
        for (auto& worker : workers_) {
            worker->join_generation(generation);
            worker->send(order);
        }
    }
    cap_generations();
    watch();
    changed_.set();
}

bool Crew::settled() const {
    return std::ranges::all_of(workers_, [this](const auto& worker) {
        if (worker->leaving())
            return worker->said_leaving();
        return !closing_ && is_current(*worker) && worker->up_to_date();
    });
}

void Crew::send_old_away() {
    if (!hand_over(count()))
        return;
    for (auto& worker : workers_)
        if (!is_current(*worker) && !worker->leaving())
            worker->dismiss(reload_grace);
    changed_.set();
}

// Generations that are leaving are not to pile up: the oldest beyond the cap must hurry.
void Crew::cap_generations() {
    std::set<unsigned, std::greater<>> old;
    for (const auto& worker : workers_)
        if (worker->leaving())
            old.insert(worker->generation());
    if (old.size() <= most_old_generations)
        return;
    unsigned oldest_kept = *std::next(old.begin(), most_old_generations - 1);
    for (auto& worker : workers_)
        if (worker->leaving() && worker->generation() < oldest_kept)
            worker->dismiss(0s);
}

void Crew::dismiss() {
    closing_ = true;
    watching_.cancel();
    for (auto& worker : workers_)
        worker->dismiss(reload_grace);
    if (workers_.empty())
        gone_.set();
}

void Crew::stop(base::Duration limit) {
    closing_ = true;
    watching_.cancel();
    ipc::Order order;
    order.kind = ipc::Order::Kind::stop;
    order.time = limit;
    for (auto& worker : workers_)
        worker->send(order);
    if (workers_.empty())
        gone_.set();
}

void Crew::kill(int signal) {
    for (const auto& worker : workers_)
        worker->kill(signal);
}

void Crew::order(const ipc::Order& order) {
    for (auto& worker : workers_)
        if (worker->generation() == generation_)
            worker->send(order);
}

io::Task<void> Crew::close() {
    watching_.cancel();
    tasks_.cancel();
    co_await watching_.join();
    co_await tasks_.join();
}

}  // namespace master
