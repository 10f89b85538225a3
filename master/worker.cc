#include "master/worker.h"

#include <fcntl.h>

#include <cstdlib>

#include "lib/base/encode.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/ipc/relay_health.h"
#include "lib/ipc/tls_memory.h"
#include "master/staffing.h"

namespace master {
namespace {

// What a process may know of master's environment.
constexpr const char* kept_variables[] = {"TZ", "MAIL_DEBUG", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                                          "TSAN_OPTIONS"};

// The table comes behind the sockets, the memory of TLS behind that.
int health_number(const WorkerOrder& order) {
    return ipc::first_listener + static_cast<int>(order.sockets.size());
}
int tls_number(const WorkerOrder& order) {
    return health_number(order) + 1;
}

std::vector<std::string> environment_of(const WorkerOrder& order) {
    const ServicePlan& plan = *order.plan;
    std::string generation;
    for (unsigned n = order.generation; n > 0 || generation.empty(); n /= 8)
        generation.insert(generation.begin(), static_cast<char>('0' + n % 8));
    std::vector<std::string> variables = {
        "PATH=/usr/bin:/bin:/usr/sbin:/sbin",
        "LANG=C",
        base::text("MAIL_CONFIG=", plan.invocation.config_directory),
        base::text("GENERATION=", generation),
        base::text(ipc::session_limit_variable, "=",
                   session_share(plan.sessions, plan.processes, order.slot)),
    };
    if (order.health >= 0)
        variables.push_back(base::text(ipc::health_variable, "=", health_number(order)));
    if (order.tls >= 0)
        variables.push_back(base::text(ipc::tls_memory_variable, "=", tls_number(order)));
    for (const char* name : kept_variables)
        if (const char* value = ::getenv(name))
            variables.push_back(base::text(name, "=", value));
    return variables;
}

io::Child start(const WorkerOrder& order, int channel) {
    const ServicePlan& plan = *order.plan;
    io::SpawnOptions options;
    options.path = plan.program;
    ipc::Invocation invocation = plan.invocation;
    invocation.sockets = static_cast<unsigned>(order.sockets.size());
    options.argv = invocation.command_line();
    options.argv.insert(options.argv.begin(), plan.command);
    options.environment = environment_of(order);
    options.descriptors.push_back({channel, ipc::status_descriptor});
    int number = ipc::first_listener;
    for (int socket : order.sockets)
        options.descriptors.push_back({socket, number++});
    if (order.health >= 0)
        options.descriptors.push_back({order.health, health_number(order)});
    if (order.tls >= 0)
        options.descriptors.push_back({order.tls, tls_number(order)});
    return io::Child::spawn(options);
}

}  // namespace

Worker::Worker(const WorkerOrder& order, std::function<void(const Worker&)> on_status)
    : Worker(order, ipc::status_socket_pair()) {
    on_status_ = std::move(on_status);
}

Worker::Worker(const WorkerOrder& order, std::pair<base::Fd, base::Fd> channel)
    : program_(order.plan->program),
      slot_(order.slot),
      first_generation_(order.generation),
      generation_(order.generation),
      child_(start(order, channel.second.get())),
      channel_(std::move(channel.first)),
      last_sign_(io::loop().now()),
      idle_since_(io::loop().now()) {}

void Worker::take(std::string_view message) {
    base::Instant now = io::loop().now();
    ipc::Status status;
    try {
        status = ipc::Status::decode(message);
    } catch (const base::DecodeError& error) {
        base::log::warning(base::text(program_, " pid ", pid(), ": ", error.what()));
        return;
    }
    if (status.uses != status_.uses || status.sessions > 0)
        idle_since_ = now;
    status_ = status;
    last_sign_ = now;
    was_ready_ = was_ready_ || status.phase == ipc::Status::Phase::ready;
}

bool Worker::up_to_date() const {
    bool joined = generation_ == first_generation_ || generation_ == status_.generation;
    return joined && !status_.outdated;
}

io::Task<void> Worker::listen() {
    while (true) {
        std::optional<std::string> message = co_await channel_.receive();
        if (!message)
            co_return;
        take(*message);
        on_status_(*this);
    }
}

io::Task<int> Worker::attend() {
    listening_.spawn(listen());
    int status = 0;
    std::exception_ptr error;
    try {
        int ended = co_await child_.wait();
        status = ended;
    } catch (...) {
        error = std::current_exception();
    }
    listening_.cancel();
    co_await listening_.join();
    if (error)
        std::rethrow_exception(error);
    // What it said in its last moment, "ready" perhaps, came before its end.
    while (std::optional<std::string> message = channel_.try_receive())
        take(*message);
    co_return status;
}

void Worker::dismiss(base::Duration until_hurry) {
    dismissed_ = true;
    ipc::Order order;
    order.kind = ipc::Order::Kind::drain;
    order.time = until_hurry;
    send(order);
}

}  // namespace master
