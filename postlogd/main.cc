// postlogd writes the log lines of the mail system into maillog_file; see postlogd(8).
#include "lib/base/log.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "lib/ipc/open_log.h"
#include "lib/ipc/service.h"
#include "postlogd/log_file.h"
#include "postlogd/receiver.h"

namespace {

using namespace std::chrono_literals;

// When master is gone other processes may still have something to say before they go.
constexpr base::Duration orphan_silence = 2s;

io::Task<void> reopen_on_reload(ipc::Service& service, postlogd::LogFile& file) {
    while (true) {
        std::optional<uint32_t> reload = co_await service.reloads().pop();
        if (!reload)
            co_return;
        try {
            file.open();
        } catch (const std::exception& error) {
            base::log::warning(error.what());
        }
    }
}

io::Task<void> outlast_others(ipc::Service& service, const postlogd::Receiver& receiver) {
    co_await service.draining().wait();
    while (service.orphaned() && io::loop().now() - receiver.last() < orphan_silence)
        co_await io::sleep(100ms);
}

io::Task<void> receive(ipc::Service& service, postlogd::LogFile& file) {
    std::vector<base::Fd> sockets = service.take_sockets();
    postlogd::Receiver receiver(std::move(sockets.at(0)), file);
    io::Scope work;
    work.spawn(receiver.run());
    work.spawn(reopen_on_reload(service, file));
    service.ready();
    std::exception_ptr error;
    try {
        co_await outlast_others(service, receiver);
    } catch (...) {
        error = std::current_exception();
    }
    work.cancel();
    co_await work.join();
    // A successor takes over the socket with its queue; without one the queue is written here.
    if (service.hurry().is_set() || service.orphaned())
        receiver.finish();
    if (error)
        std::rethrow_exception(error);
}

}  // namespace

int main(int argc, char** argv) {
    ipc::Service service(argc, argv, "postlogd");
    try {
        const config::Settings& settings = service.settings();
        postlogd::LogFile file(settings.text("maillog_file"), ipc::log_host(settings));
        return service.run(receive(service, file));
    } catch (const std::exception& error) {
        base::log::fatal(error.what());
    }
}
