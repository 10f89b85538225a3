#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/check.h"
#include "lib/dict/check.h"
#include "lib/ipc/reload_mark.h"
#include "lib/ipc/running.h"
#include "lib/nexthop/check.h"
#include "lib/sasl/check.h"
#include "lib/tls/check.h"
#include "postfix/request.h"
#include "postfix/rotation.h"
#include "postfix/tls_command.h"

namespace postfix {
namespace {

namespace log = base::log;
using namespace std::chrono_literals;

// master itself gives its processes 5 s, and qmgr 30 s to bring the log's mail into files.
constexpr base::Duration stop_patience = 45s;
constexpr base::Duration abort_patience = 2s;
// For processes to start, and old ones to stop taking work.
constexpr base::Duration reload_patience = 10s;
constexpr base::Duration quiet_wait = 5s;

struct Call {
    const Request& request;
    const config::Settings& settings;
    pid_t master;  // 0: does not run
};

constexpr std::vector<config::Problem> (*start_checks[])(const config::Settings&) = {
    config::check_instance, nexthop::check_relays, tls::check_servers, sasl::check_servers};

// Makes what is missing, and tells what is wrong; true when nothing forbids a start. Tables that
// are looked at are open then.
bool check_instance(const Call& call, dict::Tables& tables) {
    config::create_directories(call.settings);
    bool good = true;
    auto tell = [&good](const std::vector<config::Problem>& problems) {
        for (const config::Problem& problem : problems) {
            problem.fatal ? log::error(problem.text) : log::warning(problem.text);
            good = good && !problem.fatal;
        }
    };
    for (auto* check : start_checks)
        tell(check(call.settings));
    tell(dict::check_tables(call.settings, tables));
    return good;
}

bool may_start(const Call& call) {
    dict::Tables tables(call.settings);
    return check_instance(call, tables);
}

// Replaces this process; the log's lines are sent first. Comes back only on failure.
int become(const std::string& program, std::vector<std::string> words) {
    log::drain(log::last_words);
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    log::fatal(base::SystemError("run " + program).what());
}

int run_master(const Call& call, const char* mode) {
    const std::string program = call.settings.text("daemon_directory") + "/master";
    return become(program, {"master", "-c", call.request.config_directory, mode});
}

int start(const Call& call) {
    if (!may_start(call))
        log::fatal("mail system startup failed");
    log::info("starting the Postfix mail system");
    return run_master(call, "-w");
}

int start_foreground(const Call& call) {
    if (!may_start(call))
        log::fatal("mail system startup failed");
    log::info("starting the Postfix mail system");
    return run_master(call, ::getpid() == 1 ? "-i" : "-s");
}

int check(const Call& call) {
    dict::Tables tables(call.settings);
    bool good = check_instance(call, tables);
    for (const config::Problem& problem : nexthop::check_relays_closely(call.settings, tables))
        log::warning(problem.text);
    return good ? 0 : 1;
}

int status(const Call& call) {
    if (call.master == 0) {
        log::info("the Postfix mail system is not running");
        return 1;
    }
    log::info(base::text("the Postfix mail system is running: PID: ", call.master));
    return 0;
}

void send(const Call& call, int signal) {
    if (::kill(call.master, signal) != 0)
        log::fatal(base::SystemError(base::text("signal master, process ", call.master)).what());
}

bool wait_for_end(const Call& call, base::Duration patience) {
    const std::string queue = call.settings.text("queue_directory");
    base::Instant begun = base::steady_now();
    bool told = false;
    while (ipc::running_master(queue)) {
        base::Duration waited = base::steady_now() - begun;
        if (waited > patience)
            return false;
        if (waited > quiet_wait && !told) {
            log::info("waiting for the Postfix mail system to terminate");
            told = true;
        }
        ::usleep(20'000);
    }
    return true;
}

// For a master that does not do what it is told; its processes leave when it is gone.
void kill_master(const Call& call) {
    bool own_group = ::getpgid(call.master) == call.master;
    ::kill(own_group ? -call.master : call.master, SIGKILL);
    wait_for_end(call, abort_patience);
}

int stop(const Call& call) {
    log::info("stopping the Postfix mail system");
    log::drain(log::last_words);  // while postlogd is there
    send(call, SIGTERM);
    if (!wait_for_end(call, stop_patience)) {
        log::warning("stopping the Postfix mail system with force");
        kill_master(call);
    }
    return 0;
}

int abort_all(const Call& call) {
    log::info("aborting the Postfix mail system");
    log::drain(log::last_words);
    send(call, SIGQUIT);
    if (!wait_for_end(call, abort_patience))
        kill_master(call);
    return 0;
}

// The mark of a reload that began after the first `begun` ones, once it is over; none for one that
// takes too long.
std::optional<ipc::ReloadMark> wait_for_reload(const std::string& queue, uint64_t begun) {
    base::Instant end = base::steady_now() + reload_patience;
    while (base::steady_now() < end && ipc::running_master(queue)) {
        std::optional<ipc::ReloadMark> mark = ipc::ReloadMark::read(queue);
        if (mark && mark->ended > begun)
            return mark;
        ::usleep(5'000);
    }
    return std::nullopt;
}

int reload(const Call& call) {
    for (auto* check : start_checks)
        for (const config::Problem& problem : check(call.settings))
            if (problem.fatal)
                log::fatal(base::text(problem.text, "; not reloaded"));
    const std::string queue = call.settings.text("queue_directory");
    const auto before = ipc::ReloadMark::read(queue).value_or(ipc::ReloadMark());
    log::info("refreshing the Postfix mail system");
    send(call, SIGHUP);
    const std::optional<ipc::ReloadMark> after = wait_for_reload(queue, before.begun);
    if (!after)
        log::warning(base::text("some processes still work by the settings from before: ",
                                "the log may say why"));
    else if (!after->taken)
        log::fatal("not reloaded: the log says why");
    return 0;
}

int flush(const Call& call) {
    const std::string program = call.settings.text("command_directory") + "/postqueue";
    return become(program, {"postqueue", "-c", call.request.config_directory, "-f"});
}

int tls(const Call& call) {
    return manage_tls(call.request, call.settings);
}

int rotate(const Call& call) {
    rotate_log(call.settings, call.master);
    return 0;
}

enum class Needs : uint8_t { nothing, running, stopped };

struct Verb {
    std::string_view name;
    int (*carry_out)(const Call&);
    Needs needs;
    bool with_broken_main_cf = false;
    bool takes_words = false;
};

constexpr Verb verbs[] = {
    {"start", start, Needs::stopped},           {"start-fg", start_foreground, Needs::stopped},
    {"stop", stop, Needs::running, true},       {"quick-stop", stop, Needs::running, true},
    {"abort", abort_all, Needs::running, true}, {"reload", reload, Needs::running},
    {"flush", flush, Needs::running},           {"status", status, Needs::nothing, true},
    {"check", check, Needs::nothing},           {"logrotate", rotate, Needs::nothing},
    {"tls", tls, Needs::nothing, false, true},
};

// The process of a master that was killed this moment goes on for some milliseconds.
pid_t find_master(const std::string& queue_directory, Needs needs) {
    std::optional<pid_t> master = ipc::running_master(queue_directory);
    for (int tries = 0; master && needs == Needs::stopped && tries < 10; ++tries) {
        ::usleep(20'000);
        master = ipc::running_master(queue_directory);
    }
    return master.value_or(0);
}

// The instance belongs to root or, without root, to the owner of its queue.
void check_user(const config::Settings& settings) {
    struct stat queue;
    if (::geteuid() == 0 || ::stat(settings.text("queue_directory").c_str(), &queue) != 0 ||
        queue.st_uid == ::geteuid())
        return;
    log::fatal(base::text("the postfix command is reserved for the superuser and the owner of ",
                          "queue_directory, ", settings.text("queue_directory")));
}

}  // namespace

bool works_on_running(const std::string& name) {
    auto verb = std::ranges::find(verbs, name, &Verb::name);
    return verb != std::end(verbs) && verb->with_broken_main_cf;
}

int carry_out(const Request& request, const config::Settings& settings) {
    auto verb = std::ranges::find(verbs, request.verb, &Verb::name);
    if (verb == std::end(verbs))
        log::fatal(
            base::text("unknown command: '", request.verb, "'. Usage: postfix start ",
                       "(or stop, reload, abort, flush, check, status, start-fg, logrotate, tls)"));
    if (!verb->takes_words && !request.arguments.empty())
        log::fatal(base::text("usage: postfix ", request.verb, " (without arguments)"));
    check_user(settings);
    pid_t master = find_master(settings.text("queue_directory"), verb->needs);
    if (verb->needs == Needs::stopped && master != 0)
        log::fatal("the Postfix mail system is already running");
    if (verb->needs == Needs::running && master == 0)
        log::fatal("the Postfix mail system is not running");
    return verb->carry_out(Call{request, settings, master});
}

}  // namespace postfix
