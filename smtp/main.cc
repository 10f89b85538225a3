// smtp delivers mail over SMTP, and as lmtp over LMTP, as qmgr asks for it: smtp(8).

#include <exception>
#include <string>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/ipc/agent_mark.h"
#include "lib/ipc/borrowed_wire.h"
#include "lib/ipc/service.h"
#include "lib/nexthop/name_service.h"
#include "smtp/agent.h"
#include "smtp/by_hand.h"
#include "smtp/options.h"
#include "smtp/prober.h"
#include "smtp/socket_dialer.h"
#include "smtp/spool_queue.h"

namespace smtp {
namespace {

spool::QueueFolders folders_of(const config::Settings& settings) {
    spool::QueueFolders folders;
    folders.root = ipc::Service::queue_directory();
    folders.hashed.clear();
    for (std::string& name : settings.list("hash_queue_names"))
        folders.hashed.insert(std::move(name));
    folders.depth = static_cast<unsigned>(settings.number("hash_queue_depth"));
    return folders;
}

class Server {
  public:
    Server(ipc::Service& service, std::string_view program)
        : service_(service),
          options_(Options::from(service.settings(), program, service.name(), service.tables())),
          names_(config::OwnSettings(service.settings(), program), options_.nexthop.lookup),
          queue_(folders_of(service.settings())),
          dialer_(options_),
          relays_(service.health(), service.name(), options_),
          prober_(relays_, dialer_, names_.sites(), options_),
          agent_(options_, queue_, dialer_, names_.sites(), relays_, service.draining(),
                 service.session_limit()) {
        options_.look_up_by(names_, service.settings());
    }

    io::Task<void> run() {
        ipc::AgentMark mark(ipc::Service::queue_directory());
        mark_ = &mark;
        io::Scope house;
        house.spawn(agent_.keep_house());
        if (relays_.table() != nullptr && options_.failover->health)
            house.spawn(prober_.run());
        service_.ready();
        ipc::Service::Handler one_qmgr = [this](io::Accepted qmgr) {
            return serve(std::move(qmgr));
        };
        std::exception_ptr error;
        try {
            // One at a time: another one finds another process.
            co_await service_.serve(one_qmgr, 1);
            co_await agent_.finish();
        } catch (...) {
            error = std::current_exception();
        }
        house.cancel();
        co_await house.join();
        if (error)
            std::rethrow_exception(error);
    }

  private:
    io::Task<void> serve(io::Accepted qmgr) {
        mark_->set();
        // Reading and writing go on independently. A second descriptor might not be had, and a
        // connection that ended for that would be made anew at once.
        std::unique_ptr<io::Wire> wire = io::descriptor_wire(std::move(qmgr.fd));
        std::unique_ptr<io::Wire> in = std::make_unique<ipc::BorrowedWire>(*wire);
        std::unique_ptr<io::Wire> out = std::make_unique<ipc::BorrowedWire>(*wire);
        co_await agent_.serve(std::move(in), std::move(out));
        if (agent_.nothing_owed())
            mark_->clear();
    }

    ipc::Service& service_;
    Options options_;
    nexthop::NameService names_;
    SpoolQueue queue_;
    SocketDialer dialer_;
    Relays relays_;
    Prober prober_;
    Agent agent_;
    ipc::AgentMark* mark_ = nullptr;
};

}  // namespace
}  // namespace smtp

int main(int argc, char** argv) {
    // One file under two names, which share their code and differ in their parameters.
    std::string_view program = std::string_view(argv[0]).ends_with("lmtp") ? "lmtp" : "smtp";
    std::vector<std::string> words(argv + 1, argv + argc);
    if (smtp::is_by_hand(words))
        return smtp::run_by_hand(words, program);
    ipc::Service service(argc, argv, program);
    try {
        smtp::Server server(service, program);
        return service.run(server.run());
    } catch (const config::Error& error) {
        base::log::fatal(error.what());
    }
}
