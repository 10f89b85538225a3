// postqueue lists and flushes the mail queue; called as mailq it lists.

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <optional>
#include <string>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/authorized.h"
#include "lib/ipc/command.h"
#include "lib/ipc/control.h"
#include "lib/ipc/showq.h"
#include "lib/mail/address.h"
#include "lib/mail/queue_id.h"
#include "lib/spool/queue_list.h"
#include "lib/spool/queue_text.h"

namespace {

using namespace std::chrono_literals;

constexpr const char* usage =
    "usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site";
constexpr base::Duration qmgr_limit = 10s;
constexpr base::Duration site_limit = 300s;  // the whole queue is looked through

struct Request {
    std::optional<std::string> directory;
    char action = 0;  // the option that says what to do
    std::string argument;
};

[[noreturn]] void fail(std::string_view line) {
    ipc::end_command(line, EX_UNAVAILABLE);
}

Request parse(int argc, char** argv) {
    Request request;
    int option;
    while ((option = ::getopt(argc, argv, "c:fi:jps:v")) > 0) {
        if (option == 'c') {
            request.directory = optarg;
        } else if (option == '?' || (option != 'v' && request.action)) {
            fail(usage);
        } else if (option != 'v') {
            request.action = static_cast<char>(option);
            request.argument = optarg ? optarg : "";
        }
    }
    if (!request.action || optind < argc)
        fail(usage);
    return request;
}

// mailq takes the options of sendmail; those that matter for a listing are few.
Request parse_mailq(int argc, char** argv) {
    Request request;
    request.action = 'p';
    int option;
    while ((option = ::getopt(argc, argv, "A:C:L:O:o:X:b:vqi")) > 0) {
        if (option == 'C')
            request.directory = optarg;
        else if (option == '?')
            ipc::end_command("usage: mailq [-C config_dir] [-v]", EX_USAGE);
    }
    return request;
}

void check_user(const config::Settings& settings, char action) {
    bool lists = action == 'p' || action == 'j';
    if (!ipc::authorized(settings, lists ? "authorized_mailq_users" : "authorized_flush_users"))
        fail(base::text("User ", ipc::login_name(), '(', ::getuid(), ") is not allowed to ",
                        lists ? "view" : "flush", " the mail queue"));
}

base::Fd connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return {};
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    base::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket &&
        ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        return {};
    return socket;
}

using Show = std::function<void(const spool::ListedMessage&)>;

// While the mail system is down, whoever may read the queue lists it here.
void list_directly(const config::Settings& settings, const Show& show) {
    std::string root = settings.text("queue_directory");
    if (::access((root + "/deferred").c_str(), R_OK | X_OK) != 0)
        fail("Queue report unavailable - mail system is down");
    spool::QueueList list(spool::queue_folders(settings, root), {});
    while (auto message = list.next())
        show(*message);
}

void list(const config::Settings& settings, const Show& show) {
    std::string path = settings.text("queue_directory") + "/public/showq";
    base::Fd socket = connect_to(path);
    if (!socket) {
        base::log::warning(
            base::text("Mail system is down -- accessing queue directly (Connect to ", path, ": ",
                       base::error_text(errno), ")"));
        return list_directly(settings, show);
    }
    ipc::ShowqReader reader(std::move(socket));
    while (auto message = reader.next())
        show(*message);
}

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void print_table(const config::Settings& settings) {
    spool::QueueTable table(settings.flag("enable_long_queue_ids"));
    list(settings, [&](const spool::ListedMessage& message) { print(table.message(message)); });
    print(table.end());
}

void print_json(const config::Settings& settings) {
    list(settings, [](const spool::ListedMessage& message) { print(json_line(message)); });
}

std::string qmgr_socket(const config::Settings& settings) {
    return settings.text("queue_directory") + "/public/qmgr";
}

void flush_all(const config::Settings& settings) {
    constexpr char triggers[] = {ipc::trigger_unthrottle, ipc::trigger_force_scan,
                                 ipc::trigger_deferred_scan};
    base::Fd socket = connect_to(qmgr_socket(settings));
    if (socket && ::send(socket.get(), triggers, sizeof triggers, MSG_NOSIGNAL) ==
                      static_cast<ssize_t>(sizeof triggers))
        return;
    base::log::warning(
        base::text("connect to ", qmgr_socket(settings), ": ", base::error_text(errno)));
    fail("Cannot flush mail queue - mail system is down");
}

void flush_one(const config::Settings& settings, const std::string& id) {
    if (!mail::QueueId::valid(id))
        fail(base::text("Cannot flush queue ID - invalid queue ID: ", id));
    ipc::ControlRequest request;
    request.verb = ipc::ControlVerb::flush;
    request.queue_ids = {id};
    try {
        if (!ask_qmgr(qmgr_socket(settings), request, qmgr_limit).entries.empty())
            return;
    } catch (const base::SystemError& error) {
        base::log::warning(error.what());
        fail("Cannot flush mail queue - mail system is down");
    }
    fail(base::text("Cannot flush ", id, " - no such message"));
}

// Only for destinations that fast_flush_domains has.
void flush_site(const config::Settings& settings, const std::string& site) {
    std::string domain = site;
    if (domain.starts_with('[') && domain.ends_with(']'))
        domain = domain.substr(1, domain.size() - 2);
    if (!mail::valid_domain(domain) && !mail::valid_domain(site))
        fail(base::text("Cannot flush mail queue - invalid destination: \"", base::printable(site),
                        '"'));
    if (!ipc::in_domain_list(settings, "fast_flush_domains", domain))
        fail(base::text("Flush service is not configured for destination \"", base::printable(site),
                        '"'));
    ipc::ControlRequest request;
    request.verb = ipc::ControlVerb::flush_site;
    request.queue_ids = {site};
    try {
        ask_qmgr(qmgr_socket(settings), request, site_limit);
    } catch (const base::SystemError& error) {
        base::log::warning(error.what());
        fail("Cannot flush mail queue - mail system is down");
    }
}

}  // namespace

int main(int argc, char** argv) {
    bool as_mailq = ipc::called_as(argv[0]) == "mailq";
    const char* program = as_mailq ? "mailq" : "postqueue";
    ipc::begin_command(program);
    Request request = as_mailq ? parse_mailq(argc, argv) : parse(argc, argv);
    config::Settings settings = ipc::command_settings(program, request.directory, EX_UNAVAILABLE);
    try {
        check_user(settings, request.action);
        switch (request.action) {
            case 'p':
                print_table(settings);
                break;
            case 'j':
                print_json(settings);
                break;
            case 'f':
                flush_all(settings);
                break;
            case 'i':
                flush_one(settings, request.argument);
                break;
            default:
                flush_site(settings, request.argument);
        }
    } catch (const std::exception& error) {
        fail(error.what());
    }
    return std::fflush(stdout) == 0 ? 0 : EX_IOERR;
}
