// postsuper removes messages from the queue, and puts them on hold.

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/command.h"
#include "lib/ipc/removal.h"
#include "lib/mail/queue_id.h"
#include "lib/spool/log_scan.h"
#include "lib/spool/queue_folders.h"

namespace {

constexpr int failure = 1;
constexpr const char* usage =
    "usage: postsuper [-c config_dir] [-d queue_id (delete)] [-h queue_id (hold)] [-H queue_id "
    "(un-hold)] [-v (verbose)] [queue...]";

const std::set<std::string> known_queues = {"maildrop", "hold",     "incoming",
                                            "active",   "deferred", "corrupt"};

struct Action {
    char what = 0;   // the option
    std::string on;  // queue ID, "ALL" or "-"
};

struct Request {
    std::optional<std::string> directory;
    std::vector<Action> actions;
    std::set<std::string> queues;
};

// What an action works on where no queue is named.
std::set<std::string> default_queues(char what) {
    if (what == 'h')
        return {"incoming", "active", "deferred"};
    if (what == 'H')
        return {"hold"};
    return {"hold", "incoming", "active", "deferred"};
}

Request parse(int argc, char** argv) {
    Request request;
    int option;
    while ((option = ::getopt(argc, argv, "c:d:e:f:h:H:pr:sSv")) > 0) {
        switch (option) {
            case 'c':
                request.directory = optarg;
                break;
            case 'd':
            case 'h':
            case 'H':
                request.actions.push_back({static_cast<char>(option), optarg});
                break;
            case 'v':
                break;
            case '?':
                ipc::end_command(usage, failure);
            default:
                ipc::end_command(base::text('-', static_cast<char>(option), " is not built yet"),
                                 failure);
        }
    }
    for (int i = optind; i < argc; ++i) {
        if (!known_queues.contains(argv[i]))
            ipc::end_command(base::text("not a queue: ", argv[i]), failure);
        request.queues.insert(argv[i]);
    }
    if (request.actions.empty())
        ipc::end_command(usage, failure);
    return request;
}

// The IDs an action names; those on standard input for "-".
std::vector<std::string> ids_of(const Action& action) {
    std::vector<std::string> lines;
    if (action.on != "-") {
        lines.push_back(action.on);
    } else {
        for (std::string line; std::getline(std::cin, line);)
            if (std::string_view id = base::trim(line); !id.empty())
                lines.emplace_back(id);
    }
    std::erase_if(lines, [](const std::string& id) {
        bool valid = mail::QueueId::valid(id);
        if (!valid)
            base::log::warning(base::text("invalid mail queue id: ", id));
        return !valid;
    });
    return lines;
}

void report(const char* title, const std::vector<std::string>& ids, const char* what) {
    for (const std::string& id : ids)
        base::log::info(base::text(id, ": ", what));
    base::log::info(
        base::text(title, ": ", ids.size(), ids.size() == 1 ? " message" : " messages"));
}

void remove(const spool::QueueFolders& folders, const std::set<std::string>& queues,
            const Action& action) {
    ipc::Removal removal(folders, queues);
    report("Deleted", action.on == "ALL" ? removal.remove_all() : removal.remove(ids_of(action)),
           "removed");
}

std::vector<std::string> all_in(const spool::QueueFolders& folders,
                                const std::set<std::string>& queues) {
    std::vector<std::string> ids;
    for (const std::string& queue : queues) {
        spool::QueueScan scan(folders, queue);
        while (auto entry = scan.next())
            ids.push_back(entry->id);
    }
    return ids;
}

// To or from hold/, by renaming. A message that is still in the log has no file to rename.
void move(const spool::QueueFolders& folders, const std::set<std::string>& queues,
          const Action& action) {
    bool hold = action.what == 'h';
    std::vector<std::string> moved;
    for (const std::string& id : action.on == "ALL" ? all_in(folders, queues) : ids_of(action)) {
        bool found = false;
        for (const std::string& queue : queues)
            found = found || spool::move_queued(folders, queue, hold ? "hold" : "deferred", id);
        if (found)
            moved.push_back(id);
        else if (hold && spool::find_logged(folders.root, id))
            base::log::warning(base::text(id, ": is in the log: cannot be put on hold yet"));
    }
    report(hold ? "Placed on hold" : "Released from hold", moved,
           hold ? "placed on hold" : "released from hold");
}

}  // namespace

int main(int argc, char** argv) {
    ipc::begin_command("postsuper");
    Request request = parse(argc, argv);
    config::Settings settings = ipc::command_settings("postsuper", request.directory, failure);
    std::string root = settings.text("queue_directory");
    if (::access((root + "/deferred").c_str(), W_OK) != 0)
        ipc::end_command("use of this command is reserved for the superuser", failure);
    try {
        spool::QueueFolders folders = spool::queue_folders(settings, root);
        for (const Action& action : request.actions) {
            auto queues = request.queues.empty() ? default_queues(action.what) : request.queues;
            if (action.what == 'd')
                remove(folders, queues, action);
            else
                move(folders, queues, action);
        }
    } catch (const std::exception& error) {
        ipc::end_command(error.what(), failure);
    }
    base::log::drain(base::log::last_words);
    return 0;
}
