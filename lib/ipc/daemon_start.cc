#include "lib/ipc/daemon_start.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/ipc/confine.h"
#include "lib/ipc/open_log.h"
#include "lib/ipc/status.h"

namespace ipc {

Invocation start_invocation(int argc, char** argv, std::string_view program) {
    base::log::Options options;
    options.program = std::string(program);
    options.only_stderr = true;
    base::log::open(options);
    try {
        Invocation result = Invocation::parse({argv + 1, argv + argc});
        if (result.service.empty() || ::fcntl(status_descriptor, F_SETFD, FD_CLOEXEC) != 0)
            base::log::fatal("master starts this program: do not run it by hand");
        return result;
    } catch (const config::Error& error) {
        base::log::fatal(error.what());
    }
}

config::Settings start_settings(const Invocation& invocation, std::string_view program) {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGINT, SIG_IGN);  // ^C in start-fg is for master, who stops us in order
    raise_descriptor_limit();
    try {
        config::Settings settings =
            config::Settings::load(invocation.config_directory, invocation.overrides);
        const std::string queue = settings.text("queue_directory");
        if (::chdir(queue.c_str()) != 0)
            throw base::SystemError(base::text("enter the queue directory ", queue));
        base::log::open(daemon_log(settings, program));
        return settings;
    } catch (const std::exception& error) {
        base::log::Options to_syslog;
        to_syslog.program = std::string(program);
        to_syslog.to_stderr = true;
        base::log::open(to_syslog);
        base::log::fatal(error.what());
    }
}

base::Fd hold_listeners(const Invocation& invocation) {
    if (invocation.type != "inet")
        return {};
    base::Fd file(::open(listeners_lock_file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file)
        ::flock(file.get(), LOCK_SH | LOCK_NB);
    return file;
}

std::vector<base::Fd> inherited_sockets(unsigned count) {
    std::vector<base::Fd> sockets;
    for (unsigned i = 0; i < count; ++i) {
        int number = first_listener + static_cast<int>(i);
        if (::fcntl(number, F_SETFD, FD_CLOEXEC) != 0)
            base::log::fatal(base::text("descriptor ", number, ", a socket of master, is missing"));
        sockets.emplace_back(number);
    }
    return sockets;
}

}  // namespace ipc
