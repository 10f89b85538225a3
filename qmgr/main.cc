// qmgr: decides what is delivered when, and keeps account of it. See qmgr(8).
#include <exception>

#include "lib/base/log.h"
#include "lib/io/listener.h"
#include "lib/ipc/service.h"
#include "qmgr/queue_manager.h"

namespace {

io::Task<void> accept(io::Listener& door, qmgr::Desk& desk, io::Scope& scope) {
    for (;;) {
        std::optional<io::Accepted> client = co_await door.accept();
        if (!client)
            co_return;
        scope.spawn(qmgr::receive(io::descriptor_wire(std::move(client->fd)), desk));
    }
}

io::Task<void> hear_of_deaths(ipc::Service& service, qmgr::QueueManager& manager) {
    for (;;) {
        std::optional<ipc::Service::Death> death = co_await service.deaths().pop();
        if (!death)
            co_return;
        manager.died(death->pid, death->signal);
    }
}

io::Task<void> reload(ipc::Service& service, qmgr::QueueManager& manager) {
    for (;;) {
        std::optional<uint32_t> order = co_await service.reloads().pop();
        if (!order)
            co_return;
        try {
            auto router = std::make_shared<route::Router>(service.settings(), service.tables());
            auto rates = std::make_shared<qmgr::ReturnRates>(service.settings(), service.tables());
            manager.configure(qmgr::Settings(service.settings(), service.queue_directory()),
                              std::move(router), std::move(rates));
        } catch (const config::Error& error) {
            // master, which may open everything, has found nothing wrong with it.
            if (service.tables().refused())
                service.ask_for_successor();
            else
                base::log::error(error.what());
        }
        service.reloaded(*order);
    }
}

io::Task<void> work(ipc::Service& service, qmgr::QueueManager& manager) {
    co_await manager.start();
    std::vector<std::unique_ptr<io::Listener>> doors;
    for (base::Fd& socket : service.take_sockets())
        doors.push_back(std::make_unique<io::Listener>(std::move(socket)));
    for (auto& door : doors)
        manager.scope().spawn(accept(*door, manager, manager.scope()));
    manager.scope().spawn(hear_of_deaths(service, manager));
    manager.scope().spawn(reload(service, manager));
    service.ready();
    co_await service.draining().wait();
    for (auto& door : doors)
        door->close();
    // Where master is gone another starts already, and the log is its.
    if (!service.orphaned())
        co_await manager.drain();
    co_await manager.close();
}

io::Task<void> run(ipc::Service& service, qmgr::QueueManager::Router router,
                   qmgr::QueueManager::Rates rates) {
    qmgr::Settings settings(service.settings(), service.queue_directory());
    qmgr::QueueManager manager(settings, std::move(router), std::move(rates), spool::real_disk(),
                               service.health());
    std::exception_ptr failure;
    try {
        co_await work(service, manager);
    } catch (...) {
        failure = std::current_exception();
    }
    manager.scope().cancel();
    co_await manager.scope().join();
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace

int main(int argc, char** argv) {
    ipc::Service service(argc, argv, "qmgr");
    try {
        // Tables may be readable by root only.
        auto router = std::make_shared<route::Router>(service.settings(), service.tables());
        auto rates = std::make_shared<qmgr::ReturnRates>(service.settings(), service.tables());
        return service.run(run(service, std::move(router), std::move(rates)));
    } catch (const config::Error& error) {
        base::log::fatal(error.what());
    }
}
