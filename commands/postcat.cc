// postcat shows queue files, and messages that are still in the log, in readable form.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/command.h"
#include "lib/spool/log_scan.h"
#include "lib/spool/log_source.h"
#include "lib/spool/queue_file_writer.h"
#include "lib/spool/queue_folders.h"
#include "lib/spool/queue_print.h"

namespace {

constexpr int failure = 1;
constexpr const char* usage =
    "usage: postcat [-b (body text)] [-c config_dir] [-d (decimal record type)] [-e (envelope "
    "records)] [-h (header text)] [-o (offsets)] [-q (access queue)] [-r (file order)] [-s offset] "
    "[-v] [file(s)...]";

struct Request {
    std::optional<std::string> directory;
    bool in_queue = false;
    spool::PrintOptions print;
    std::vector<std::string> names;
};

Request parse(int argc, char** argv) {
    Request request;
    bool envelope = false, header = false, body = false;
    int option;
    while ((option = ::getopt(argc, argv, "bc:dehoqrs:v")) > 0) {
        switch (option) {
            case 'b':
                body = true;
                break;
            case 'c':
                request.directory = optarg;
                break;
            case 'd':
                request.print.decimal = true;
                break;
            case 'e':
                envelope = true;
                break;
            case 'h':
                header = true;
                break;
            case 'o':
                request.print.offsets = true;
                break;
            case 'q':
                request.in_queue = true;
                break;
            case 'r':
                request.print.file_order = true;
                break;
            case 's': {
                auto offset = base::number<uint64_t>(optarg);
                if (!offset)
                    ipc::end_command(base::text("bad offset: ", optarg), failure);
                request.print.skip = *offset;
                break;
            }
            case 'v':
                request.print.verbose = true;
                break;
            default:
                ipc::end_command(usage, failure);
        }
    }
    if (envelope || header || body) {
        request.print.envelope = envelope;
        request.print.header = header;
        request.print.body = body;
    }
    request.names.assign(argv + optind, argv + argc);
    return request;
}

void show_file(const std::string& path, const std::string& name,
               const spool::PrintOptions& options) {
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        throw base::SystemError(base::text("open ", name));
    spool::print_queue_file(fd.get(), name, options, stdout);
}

// A message of the log, shown as the queue file that it would be.
void show_logged(const std::string& root, const spool::LoggedMessage& logged,
                 const spool::PrintOptions& options) {
    std::vector<bool> done;
    for (size_t i = 0; i < logged.states.size(); ++i)
        done.push_back(!logged.owed(i));
    spool::LogSource content(spool::Content::open(spool::real_disk(), root, logged.ref));
    base::Fd file(::memfd_create("message", MFD_CLOEXEC));
    if (!file)
        throw base::SystemError("memfd_create");
    spool::write_queue_file(file.get(), logged.envelope, done, content);
    spool::print_queue_file(file.get(), "log/" + logged.envelope.queue_id, options, stdout);
}

void show_queued(const config::Settings& settings, const std::string& id,
                 const spool::PrintOptions& options) {
    std::string root = settings.text("queue_directory");
    spool::QueueFolders folders = spool::queue_folders(settings, root);
    constexpr std::array<const char*, 7> queues = {"maildrop", "hold",    "incoming", "active",
                                                   "deferred", "corrupt", "saved"};
    for (const char* queue : queues)
        if (auto path = folders.find(queue, id))
            return show_file(*path, path->substr(root.size() + 1), options);
    if (auto logged = spool::find_logged(root, id))
        return show_logged(root, *logged, options);
    throw base::SystemError(base::text("open queue file ", id), ENOENT);
}

}  // namespace

int main(int argc, char** argv) {
    ipc::begin_command("postcat");
    Request request = parse(argc, argv);
    config::Settings settings = ipc::command_settings("postcat", request.directory, failure);
    bool complete = true;
    try {
        if (request.names.empty())
            spool::print_queue_file(STDIN_FILENO, "stdin", request.print, stdout);
        for (const std::string& name : request.names) {
            try {
                if (request.in_queue)
                    show_queued(settings, name, request.print);
                else
                    show_file(name, name, request.print);
            } catch (const spool::BadContent& error) {
                std::fflush(stdout);
                base::log::warning(base::text(name, ": ", error.what()));
                complete = false;
            }
        }
    } catch (const std::exception& error) {
        ipc::end_command(error.what(), failure);
    }
    std::fflush(stdout);
    base::log::flush();
    return complete ? 0 : failure;
}
