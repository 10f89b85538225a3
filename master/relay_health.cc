#include "master/relay_health.h"

#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/listen.h"
#include "lib/io/loop.h"
#include "lib/io/pass_fd.h"
#include "lib/io/sleep.h"
#include "lib/ipc/relay_health.h"
#include "lib/nexthop/failover_settings.h"
#include "master/events.h"

namespace master {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration look_every = 1s;

}  // namespace

RelayHealth::RelayHealth(const config::Settings& settings, std::function<void()> unprobed)
    : on_unprobed_(std::move(unprobed)), listener_(io::listen_unix(ipc::health_socket, 0600)) {
    read(settings);
    slots_ = static_cast<size_t>(settings.number("failover_table_size"));
    make_table(settings);
    saved_ = table_->changes();
}

void RelayHealth::read(const config::Settings& settings) {
    path_ = base::text(settings.text("data_directory"), "/", health::snapshot_file);
    interval_ = settings.time("failover_snapshot_interval");
    rules_ = nexthop::FailoverSettings::from(settings, "smtp").rules;
}

// What is on disk are hints: what cannot be used of it costs a line in the log.
void RelayHealth::make_table(const config::Settings& settings) {
    try {
        std::string text = health::read_snapshot(path_);
        if (!text.empty()) {
            health::Moment at = health::this_moment();
            health::Snapshot snapshot = health::Snapshot::parse(text, at);
            base::Duration age = at.wall - snapshot.written;
            if (age >= 0s && age <= settings.time("failover_snapshot_max_age")) {
                table_ =
                    std::make_unique<health::Table>(health::Table::create(slots_, snapshot.key));
                snapshot.fill(*table_, at.now);
                return;
            }
        }
    } catch (const health::Damaged& error) {
        log_snapshot_ignored(path_, error.what());
    } catch (const base::SystemError& error) {
        log_snapshot_ignored(path_, error.what());
    }
    table_ = std::make_unique<health::Table>(health::Table::create(slots_));
}

void RelayHealth::reload(const config::Settings& settings) {
    read(settings);
    auto wanted = static_cast<size_t>(settings.number("failover_table_size"));
    if (wanted != slots_)
        log_table_size_later(slots_, wanted);
}

// Ends what time ends, and finds out which services have relays to probe.
void RelayHealth::look(base::Instant now) {
    open_.clear();
    unprobed_.clear();
    for (const health::Record& record : table_->all()) {
        if (auto transition = record.settle(now))
            log_relay_health(*transition);
        health::View view = record.look(now, rules_);
        bool trouble = view.state == health::State::open || view.state == health::State::half_open;
        bool asked = record.probe_wanted() != record.probe_answered();
        if (!asked && (!trouble || !view.configured || view.scope != health::Scope::endpoint))
            continue;
        std::string service = record.names().service;
        if (view.prober == 0)
            unprobed_.insert(service);
        open_.insert(std::move(service));
    }
    if (!unprobed_.empty())
        on_unprobed_();
}

io::Task<void> RelayHealth::run() {
    serving_.spawn(serve());
    std::exception_ptr error;
    try {
        base::Instant save_at = io::loop().now() + interval_;
        while (true) {
            base::Instant now = io::loop().now();
            look(now);
            if (now >= save_at) {
                save();
                save_at = now + interval_;
            }
            base::Instant next = std::min(save_at, now + look_every);
            co_await io::sleep_until(next);
        }
    } catch (...) {
        error = std::current_exception();
    }
    serving_.cancel();
    co_await serving_.join();
    std::rethrow_exception(error);
}

void RelayHealth::save() {
    uint64_t changes = table_->changes();
    if (changes == saved_)
        return;
    try {
        health::write_snapshot(path_, health::snapshot_of(*table_, rules_, health::this_moment()));
        saved_ = changes;
        save_failed_ = false;
    } catch (const base::SystemError& error) {
        // Once, not every few seconds while the disk is full.
        if (!save_failed_)
            log_snapshot_not_written(error.what());
        save_failed_ = true;
    }
}

io::Task<void> RelayHealth::serve() {
    while (true) {
        std::optional<io::Accepted> client = co_await listener_.accept();
        if (!client)
            co_return;
        answer(client->fd.get());
    }
}

// Whoever writes into the table steers the mail: that is for root and the owner.
void RelayHealth::answer(int client) const {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
        (peer.uid != 0 && peer.uid != ::geteuid()))
        return;
    try {
        io::send_with_fd(client, "H", table_->descriptor());
    } catch (const base::SystemError&) {
        // It has gone; it will ask again.
    }
}

}  // namespace master
