// BounceClient asks private/bounce for reports.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "lib/io/event.h"
#include "lib/io/task.h"
#include "lib/ipc/bounce.h"
#include "lib/ipc/duplex.h"

namespace qmgr {

class BounceClient {
  public:
    explicit BounceClient(std::string socket) : socket_(std::move(socket)) {}

    // Keeps the connection while there are requests. Ends when its scope is cancelled.
    io::Task<void> run();
    // The answer to this request (its id is set here); none when nobody knows whether there is a
    // report, since the connection ended in between.
    io::Task<std::optional<ipc::BounceAnswer>> ask(ipc::BounceRequest request);

  private:
    struct Pending {
        ipc::BounceRequest request;
        io::Event over;
        std::optional<ipc::BounceAnswer> answer;
        bool sent = false;
    };
    io::Task<void> converse(ipc::Duplex& link);
    io::Task<void> send(ipc::Duplex& link);
    void lose_sent();

    std::string socket_;
    std::map<uint64_t, Pending*> pending_;  // owned by the asking tasks
    io::Event asked_;
    uint64_t next_id_ = 1;
};

}  // namespace qmgr
