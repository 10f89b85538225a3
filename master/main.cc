// master starts, watches and stops the processes of a mail system; see master(8).
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <iterator>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/run.h"
#include "lib/ipc/confine.h"
#include "lib/ipc/open_log.h"
#include "lib/ipc/running.h"
#include "master/background.h"
#include "master/events.h"
#include "master/locks.h"
#include "master/options.h"
#include "master/supervisor.h"

namespace {

using namespace std::chrono_literals;

// How long ports may still be held by processes of an earlier master that was killed.
constexpr base::Duration port_patience = 5s;
constexpr unsigned port_retry_us = 50'000;

void enter_queue_directory(const config::Settings& settings) {
    const std::string queue = settings.text("queue_directory");
    if (::chdir(queue.c_str()) != 0)
        throw base::SystemError("enter the queue directory " + queue);
}

// Low descriptors are for a worker's own: nothing of ours may be 0, 1 or 2.
void fill_standard_descriptors() {
    int fd = ::open("/dev/null", O_RDWR);
    while (fd >= 0 && fd < 2)
        fd = ::dup(fd);
    if (fd > 2)
        ::close(fd);
}

master::Sockets open_sockets(const master::Plan& plan, const master::Locks& locks) {
    master::Sockets sockets;
    base::Instant end = base::steady_now() + port_patience;
    while (true) {
        try {
            sockets.adopt(plan);
            return sockets;
        } catch (const config::Error&) {
            if (!sockets.port_was_taken() || base::steady_now() >= end ||
                !locks.earlier_processes_listen())
                throw;
        }
        ::usleep(port_retry_us);
    }
}

void run(const master::Options& options, base::Fd up_pipe) {
    config::Settings settings = config::Settings::load(options.config_directory);
    base::log::open(ipc::command_log(settings, "master"));
    enter_queue_directory(settings);
    master::Locks locks = master::Locks::take(settings);
    master::Instance instance = master::Instance::load(options.config_directory);
    ipc::raise_descriptor_limit();
    master::Sockets sockets = open_sockets(instance.plan, locks);
    io::Loop loop;
    master::Supervisor supervisor(std::move(instance), std::move(sockets));
    master::log_started(settings);
    if (up_pipe) {
        base::log::Options log = base::log::options();
        log.to_stderr = false;
        base::log::open(log);
        master::report_up(std::move(up_pipe));
    }
    io::run_task(supervisor.run());
}

int test_running(const master::Options& options) {
    config::Settings settings = config::Settings::load(options.config_directory);
    return ipc::running_master(settings.text("queue_directory")) ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    fill_standard_descriptors();
    ::umask(077);
    ::signal(SIGPIPE, SIG_IGN);
    base::log::Options early;
    early.program = "master";
    early.only_stderr = true;
    base::log::open(early);
    master::Options options = master::Options::parse(argc, argv);
    try {
        if (options.test)
            return test_running(options);
        if (options.init)
            master::serve_as_init();
        bool stay = options.foreground || options.init;
        run(options, stay ? base::Fd() : master::go_to_background());
    } catch (const std::exception& error) {
        for (std::string_view line : base::split(error.what(), "\n"))
            base::log::error(line);
        base::log::fatal("not started");
    }
    base::log::drain(base::log::last_words);
    return 0;
}
