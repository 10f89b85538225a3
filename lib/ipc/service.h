// Service is the frame of every daemon, from exec by master to exit.
//
//     int main(int argc, char** argv) {
//         ipc::Service service(argc, argv, "bounce");
//         bounce::Server server(service.settings());         // still privileged
//         return service.run(server.run(service));
//     }
//     io::Task<void> Server::run(ipc::Service& service) {
//         …                                                   // claim, recover; as mail_owner
//         service.ready();
//         co_await service.serve([this](io::Accepted a) { return converse(std::move(a)); });
//         …                                                   // leave: what is open is closed here
//     }
//
// The constructor reads the configuration (MAIL_CONFIG, then -o), goes to queue_directory, opens
// the log, takes the sockets, makes this thread's loop; where that cannot be it ends the process
// with a fatal line. It must run before any thread starts. run() drops to mail_owner (and chroots)
// first, and says "ready" to master only when the daemon does: a process that ends before that is
// started again with a growing delay.
//
// Leaving has three steps. draining(): nothing new, the listeners are closed already. hurry(): tell
// clients to come back (421) at their next command. At last run() cancels the daemon's task:
// io::Cancelled at its wait. They follow an order of master, SIGTERM, or the loss of master.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/tables.h"
#include "lib/health/table.h"
#include "lib/io/channel.h"
#include "lib/io/event.h"
#include "lib/io/listener.h"
#include "lib/io/loop.h"
#include "lib/io/scope.h"
#include "lib/io/signals.h"
#include "lib/ipc/invocation.h"
#include "lib/ipc/proxymap.h"
#include "lib/ipc/status.h"
#include "lib/ipc/status_channel.h"

namespace ipc {

class Service {
  public:
    using Handler = std::function<io::Task<void>(io::Accepted)>;

    Service(int argc, char** argv, std::string_view program);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    const config::Settings& settings() const { return settings_; }
    // The service's own name in master.cf ("smtp", "relay", "127.0.0.1:587").
    const std::string& name() const { return invocation_.service; }
    // What master.cf has behind the options, as pipe(8) reads it.
    const std::vector<std::string>& arguments() const { return invocation_.arguments; }
    // The lookup tables of this process, to be opened while it is still privileged. Those that are
    // rebuilt are opened anew by themselves, within a second.
    dict::Tables& tables() { return tables_; }
    // Has master start another in place of this process, which goes on until then.
    void ask_for_successor();
    // queue_directory as this process reaches it, before and after a chroot: the working directory.
    static std::string queue_directory() { return "."; }
    // How many sessions this process may have at once: its share of the maxproc column; 0: any.
    size_t session_limit() const { return invocation_.session_limit; }

    // What is known of relays, in memory that all processes share; none where master did not pass
    // it to this program.
    health::Table* health() { return health_.get(); }

    // Gives up root for mail_owner, and all but queue_directory, where master.cf says so. run()
    // does it for a daemon that has not.
    void confine();
    // Runs the daemon's task to its end, beside what this frame does; the status for exit().
    int run(io::Task<void> daemon);

    // From here on the service counts as started.
    void ready();
    // Accepts from all sockets and runs `session` for each client, at most `at_once` (0: the
    // session limit), until draining; returns when the last session is over. What a session throws
    // is logged and ends that session only.
    io::Task<void> serve(Handler session, size_t at_once = 0);
    // The sockets as master passed them, for a daemon that does not serve(): datagrams, or accepts
    // of its own. Such a daemon closes them itself when draining() is set.
    std::vector<base::Fd> take_sockets() { return std::move(sockets_); }
    // For a daemon that does not serve(): how many sessions it has and whether it takes another.
    void report(size_t sessions, bool available);

    io::Event& draining() { return draining_; }
    io::Event& hurry() { return hurry_; }
    // Master is gone: another may be starting in this moment.
    bool orphaned() const { return orphaned_; }
    // Orders to a daemon that reloads in place: settings() are the new ones when one arrives. It
    // says reloaded() with the order's number when it works by them.
    io::Channel<uint32_t>& reloads() { return reloads_; }
    void reloaded(uint32_t generation);
    // Agents that died of a signal, for qmgr.
    struct Death {
        pid_t pid;
        int signal;
    };
    io::Channel<Death>& deaths() { return deaths_; }

  private:
    class Counted;

    io::Task<void> whole(io::Task<void> daemon);
    io::Task<void> follow_orders();
    io::Task<void> follow_signals();
    io::Task<void> follow_clock();
    io::Task<void> beat();
    io::Task<void> accept_from(io::Listener& listener);
    io::Task<void> one_session(io::Task<void> session);
    void obey(const Order& order);
    void leave(base::Duration until_hurry, base::Duration until_cut);
    void close_listeners();
    void reload(uint32_t generation);
    void admit_or_pause();
    void say_status();
    void look_after_tables();

    Invocation invocation_;
    config::Settings settings_;
    ProxyClient proxy_;
    dict::Tables tables_;
    bool successor_wanted_ = false;
    std::string program_;
    base::Fd listeners_lock_;
    std::unique_ptr<health::Table> health_;
    io::Loop loop_;
    io::Signals signals_;
    StatusChannel channel_;
    std::vector<base::Fd> sockets_;
    std::vector<std::unique_ptr<io::Listener>> listeners_;
    io::Event draining_, hurry_, clock_changed_;
    base::Instant hurry_at_ = base::never;
    base::Instant cut_at_ = base::never;
    io::Channel<uint32_t> reloads_;
    io::Channel<Death> deaths_;
    io::Scope frame_, daemon_, accepts_, sessions_;
    Handler session_;
    Status status_;
    size_t at_once_ = 0;    // 0: any number
    size_t uses_left_ = 0;  // 0: any number
    bool confined_ = false;
    bool orphaned_ = false;
};

}  // namespace ipc
