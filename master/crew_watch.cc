// What a crew does by itself as time passes: clients that wait, processes that stand still or have
// nothing to do, periodic wake-ups.
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

#include <utility>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/io/descriptor.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "master/crew.h"
#include "master/events.h"

namespace master {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration look_every = 5s;
constexpr base::Duration idle_grace = 100s;

}  // namespace

void Crew::watch() {
    watching_.cancel();
    if (closing_)
        return;
    if (!plan_.standing)
        for (int socket : sockets_)
            watching_.spawn(watch_clients(base::Fd(::fcntl(socket, F_DUPFD_CLOEXEC, 0))));
    if (plan_.wakeup > 0s)
        watching_.spawn(wake_service());
}

// Every new connection is an edge, whoever takes it then.
io::Task<void> Crew::watch_clients(base::Fd socket) {
    io::Descriptor descriptor(std::move(socket));
    while (true) {
        co_await descriptor.readable();
        descriptor.read_some(-1, 0);
        changed_.set();
    }
}

io::Task<void> Crew::watch_signs() {
    base::Instant expected = io::loop().now() + look_every;
    while (true) {
        co_await io::sleep_until(expected);
        base::Instant now = io::loop().now();
        // Master itself stood still: what the processes said meanwhile is not read yet.
        bool late = now - expected > look_every;
        expected = now + look_every;
        if (late)
            continue;
        check_signs(now);
        send_idle_away(now);
    }
}

void Crew::check_signs(base::Instant now) {
    for (const auto& worker : workers_) {
        if (now - worker->last_sign() <= rules_.stall_limit)
            continue;
        log_stalled(*worker, rules_.stall_limit);
        worker->kill(SIGKILL);
    }
}

void Crew::send_idle_away(base::Instant now) {
    if (plan_.standing || plan_.max_idle == 0s)
        return;
    // Somebody has to see when a relay returns.
    bool keep_one = plan_.relays && health_.has_open_relay(plan_.name);
    for (const auto& worker : workers_) {
        bool idle = worker->was_ready() && !worker->leaving() && worker->status().available &&
                    now - worker->idle_since() > plan_.max_idle;
        if (idle && !std::exchange(keep_one, false))
            worker->dismiss(idle_grace);
    }
}

io::Task<void> Crew::wake_service() {
    while (true) {
        if (used_ || !plan_.wakeup_when_used)
            wake_once();
        co_await io::sleep(plan_.wakeup);
    }
}

// One byte to the service's socket, as a client would send it.
void Crew::wake_once() const {
    for (const Endpoint& endpoint : plan_.endpoints) {
        std::optional<io::SocketAddress> address = io::SocketAddress::unix_path(endpoint.path);
        if (endpoint.kind == Endpoint::Kind::inet || !address)
            continue;
        bool stream = endpoint.kind == Endpoint::Kind::unix_stream;
        int type = (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
        base::Fd fd(::socket(AF_UNIX, type, 0));
        if (::connect(fd.get(), address->get(), address->size()) != 0 ||
            ::send(fd.get(), "W", 1, MSG_NOSIGNAL) != 1)
            base::log::warning(base::SystemError("wake up " + endpoint.path).what());
    }
}

}  // namespace master
