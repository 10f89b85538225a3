// Server writes the reports that qmgr asks for.
#pragma once

#include <string>

#include "bounce/report.h"
#include "lib/cleanup/mappings.h"
#include "lib/io/semaphore.h"
#include "lib/io/task.h"
#include "lib/ipc/bounce.h"
#include "lib/ipc/duplex.h"
#include "lib/ipc/ring.h"
#include "lib/ipc/service.h"
#include "lib/spool/writer.h"

namespace bounce {

class Server {
  public:
    Server(const config::Settings& settings, dict::Tables& tables);

    // The daemon.
    io::Task<void> run(ipc::Service& service);

    // One connection of qmgr, until its end; all that was asked for is committed then.
    io::Task<void> converse(std::unique_ptr<io::Wire> wire, spool::Writer& writer,
                            ipc::RingClient& doorbell, spool::Disk& disk);

  private:
    io::Task<void> answer(ipc::Duplex& link, ipc::BounceRequest request, spool::Writer& writer,
                          ipc::RingClient& doorbell, spool::Disk& disk);
    io::Task<spool::Draft> compose(const Report& report, const ipc::BounceRequest& request,
                                   spool::Writer& writer, spool::Disk& disk);
    io::Task<std::string> commit(ipc::BounceRequest& request, spool::Writer& writer,
                                 spool::Disk& disk);

    Identity identity_;
    spool::Options spool_;
    cleanup::Mappings mappings_;
    io::Semaphore room_;  // for reports being made; more requests wait unread
};

}  // namespace bounce
