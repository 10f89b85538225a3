// Server takes the mail in maildrop/ into the log whenever it is rung.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "lib/base/fd.h"
#include "lib/cleanup/mappings.h"
#include "lib/cleanup/options.h"
#include "lib/io/scope.h"
#include "lib/io/semaphore.h"
#include "lib/io/task.h"
#include "lib/ipc/service.h"
#include "lib/spool/job_thread.h"
#include "lib/spool/writer.h"
#include "pickup/drop.h"

namespace pickup {

class Server {
  public:
    // `tables` outlives it. Throws config::Error where the settings cannot be understood.
    Server(const config::Settings& settings, dict::Tables& tables,
           const std::string& queue_directory = ipc::Service::queue_directory());

    // The daemon.
    io::Task<void> run(ipc::Service& service);

    // Takes every message that is ready; those that cannot be taken now stay. `committed` is called
    // after each, `stop` asked before each.
    struct Round {
        std::function<void()> committed;
        std::function<bool()> stop;
    };
    io::Task<void> collect(spool::Writer& writer, const Round& round);

  private:
    io::Task<void> answer_ring(io::Accepted client, ipc::Service& service, spool::Writer& writer,
                               const Round& round);
    io::Task<bool> take_turn(const Round& round);
    io::Task<void> take(spool::QueueEntry entry, spool::Writer& writer, const Round& round);
    io::Task<bool> commit(Drop& drop, const std::string& mark, spool::Writer& writer);
    void remove(const std::string& path, const std::string& mark);
    void put_aside(const spool::QueueEntry& entry, std::string_view why);

    cleanup::Options cleanup_;
    cleanup::Mappings mappings_;
    spool::Options spool_;
    spool::QueueFolders folders_;
    uid_t mail_owner_;
    io::Semaphore room_;  // for messages under way: they share the flushes of the log
    spool::JobThread thread_;
    base::Fd turn_;  // maildrop/, locked while it is this process that takes what is in it
    // Marks of files whose messages are in the log already: all that is left to do is remove them.
    std::set<std::string> committed_;
    bool collecting_ = false;
    bool rung_ = false;
};

}  // namespace pickup
