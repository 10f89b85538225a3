#include "lib/ipc/service.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/run.h"
#include "lib/io/sleep.h"
#include "lib/ipc/confine.h"
#include "lib/ipc/daemon_start.h"
#include "lib/ipc/open_log.h"
#include "lib/ipc/relay_health.h"

namespace ipc {
namespace {

using namespace std::chrono_literals;

// What a daemon is left when SIGTERM comes: master kills those that are there after 5 s.
constexpr base::Duration stop_time = 4s;
// What it takes when master is gone, or when it leaves of its own accord (max_use).
constexpr base::Duration orphan_hurry = 5s, orphan_cut = 60s;
constexpr base::Duration spent_hurry = 100s;
// Between telling clients to come back and cutting them off.
constexpr base::Duration after_hurry = 300s;
constexpr base::Duration tick = 1s;
// From queue_directory.
constexpr const char* proxymap_socket = "private/proxymap";

}  // namespace

// One session in the count.
class Service::Counted {
  public:
    explicit Counted(Service& service) : service_(service) {}
    ~Counted() {
        --service_.status_.sessions;
        service_.admit_or_pause();
    }

  private:
    Service& service_;
};

Service::Service(int argc, char** argv, std::string_view program)
    : invocation_(start_invocation(argc, argv, program)),
      settings_(start_settings(invocation_, program)),
      proxy_(proxymap_socket),
      tables_(settings_, &proxy_),
      program_(program),
      listeners_lock_(hold_listeners(invocation_)),
      health_(inherited_health_table()),
      signals_({SIGTERM, SIGHUP}),
      channel_(base::Fd(status_descriptor)),
      sockets_(inherited_sockets(invocation_.sockets)) {
    if (settings_.is_set("max_use"))
        uses_left_ = static_cast<size_t>(settings_.number("max_use"));
}

void Service::confine() {
    confined_ = true;
    Confinement confinement;
    if (invocation_.unprivileged)
        confinement.owner = settings_.text("mail_owner");
    if (invocation_.chroot)
        confinement.root = settings_.text("queue_directory");
    if (invocation_.chroot && ::geteuid() == 0)
        tables_.leave_root();
    ipc::confine(confinement);
}

int Service::run(io::Task<void> daemon) {
    try {
        if (!confined_)
            confine();
        io::run_task(whole(std::move(daemon)));
    } catch (const std::exception& error) {
        base::log::fatal(error.what());
    }
    base::log::drain(base::log::last_words);
    return 0;
}

io::Task<void> Service::whole(io::Task<void> daemon) {
    frame_.spawn(follow_orders());
    frame_.spawn(follow_signals());
    frame_.spawn(follow_clock());
    frame_.spawn(beat());
    daemon_.spawn(std::move(daemon));
    std::exception_ptr error;
    try {
        co_await daemon_.join();
    } catch (...) {
        error = std::current_exception();
    }
    frame_.cancel();
    co_await frame_.join();
    if (error)
        std::rethrow_exception(error);
}

void Service::ready() {
    if (status_.phase == Status::Phase::starting)
        status_.phase = Status::Phase::ready;
    status_.available = status_.phase == Status::Phase::ready;
    say_status();
}

void Service::report(size_t sessions, bool available) {
    status_.sessions = static_cast<uint32_t>(sessions);
    bool changed = available != status_.available;
    status_.available = available;
    if (changed)
        say_status();
}

void Service::say_status() {
    channel_.send(status_.encode());
}

io::Task<void> Service::serve(Handler session, size_t at_once) {
    session_ = std::move(session);
    at_once_ = at_once != 0 ? at_once : session_limit();
    for (base::Fd& socket : sockets_)
        listeners_.push_back(std::make_unique<io::Listener>(std::move(socket)));
    sockets_.clear();
    for (auto& listener : listeners_)
        accepts_.spawn(accept_from(*listener));
    if (draining_.is_set())
        close_listeners();
    std::exception_ptr error;
    try {
        co_await accepts_.join();
        listeners_lock_.reset();
        co_await sessions_.join();
    } catch (...) {
        error = std::current_exception();
    }
    if (!error)
        co_return;
    close_listeners();
    sessions_.cancel();
    co_await accepts_.join();
    co_await sessions_.join();
    std::rethrow_exception(error);
}

io::Task<void> Service::accept_from(io::Listener& listener) {
    while (true) {
        std::optional<io::Accepted> got = co_await listener.accept();
        if (!got)
            co_return;
        ++status_.sessions;
        ++status_.uses;
        sessions_.spawn(one_session(session_(std::move(*got))));
        if (uses_left_ > 0 && --uses_left_ == 0)
            leave(spent_hurry, spent_hurry + after_hurry);
        admit_or_pause();
    }
}

io::Task<void> Service::one_session(io::Task<void> session) {
    Counted counted(*this);
    try {
        co_await session;
    } catch (const io::Cancelled&) {
    } catch (const std::exception& error) {
        base::log::warning(base::text("session ended: ", error.what()));
    }
}

void Service::admit_or_pause() {
    bool available =
        status_.phase == Status::Phase::ready && (at_once_ == 0 || status_.sessions < at_once_);
    if (available == status_.available)
        return;
    status_.available = available;
    for (auto& listener : listeners_)
        available ? listener->resume() : listener->pause();
    say_status();
}

io::Task<void> Service::follow_orders() {
    while (true) {
        std::optional<std::string> message = co_await channel_.receive();
        if (!message)
            break;
        obey(Order::decode(*message));
    }
    orphaned_ = true;
    leave(orphan_hurry, orphan_cut);
}

void Service::obey(const Order& order) {
    switch (order.kind) {
        case Order::Kind::drain:
            leave(order.time, order.time + after_hurry);
            break;
        case Order::Kind::stop:
            leave(0s, order.time);
            break;
        case Order::Kind::reload:
            reload(order.generation);
            break;
        case Order::Kind::death:
            deaths_.push(Death{static_cast<pid_t>(order.pid), static_cast<int>(order.signal)});
            break;
    }
}

io::Task<void> Service::follow_signals() {
    while (true) {
        int signal = co_await signals_.next();
        if (signal == SIGHUP)
            reload(status_.generation);
        else
            leave(0s, stop_time);
    }
}

// Keeps the times that leave() set; they may come nearer while it sleeps.
io::Task<void> Service::follow_clock() {
    while (true) {
        base::Instant now = io::loop().now();
        if (now >= hurry_at_)
            hurry_.set();
        if (now >= cut_at_)
            break;
        clock_changed_.clear();
        co_await clock_changed_.wait(hurry_.is_set() ? cut_at_ : std::min(hurry_at_, cut_at_));
    }
    daemon_.cancel();
}

void Service::leave(base::Duration until_hurry, base::Duration until_cut) {
    base::Instant now = io::loop().now();
    hurry_at_ = std::min(hurry_at_, now + until_hurry);
    cut_at_ = std::min(cut_at_, now + until_cut);
    clock_changed_.set();
    if (draining_.is_set())
        return;
    status_.phase = Status::Phase::leaving;
    status_.available = false;
    say_status();
    close_listeners();
    if (now >= hurry_at_)
        hurry_.set();
    draining_.set();
}

void Service::close_listeners() {
    for (auto& listener : listeners_)
        listener->close();
}

void Service::reload(uint32_t generation) {
    try {
        settings_ = config::Settings::load(invocation_.config_directory, invocation_.overrides);
        base::log::open(daemon_log(settings_, program_));
        tables_.refresh(settings_);
        reloads_.push(std::move(generation));
    } catch (const std::exception& error) {
        base::log::error(base::text("configuration not reloaded: ", error.what()));
    }
}

void Service::reloaded(uint32_t generation) {
    status_.generation = generation;
    status_.outdated = tables_.outdated() || successor_wanted_;
    say_status();
}

// A process that may not open a rebuilt table itself goes on with the old one until master has
// started another in its place.
void Service::look_after_tables() {
    proxy_.tidy();
    bool outdated = tables_.outdated() || successor_wanted_;
    if (outdated == status_.outdated)
        return;
    status_.outdated = outdated;
    say_status();
}

void Service::ask_for_successor() {
    successor_wanted_ = true;
    look_after_tables();
}

io::Task<void> Service::beat() {
    while (true) {
        base::Instant next = io::loop().now() + heartbeat_interval;
        say_status();
        // Each ends a turn, so that a log that was away gets its lines.
        for (; io::loop().now() < next; co_await io::sleep(tick))
            look_after_tables();
    }
}

}  // namespace ipc
