#include "qmgr/queue_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/mail/address.h"
#include "lib/spool/mover.h"
#include "qmgr/filed_message.h"
#include "qmgr/log_lines.h"

namespace qmgr {

namespace {

using Found = QueueFiles::Found;

constexpr size_t searched_at_once = 200;

void set_time(const std::string& path, base::WallTime time) {
    auto since = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch());
    auto rest = std::chrono::nanoseconds(time.time_since_epoch() - since);
    timespec at{since.count(), rest.count()};
    timespec both[2] = {at, at};
    if (::utimensat(AT_FDCWD, path.c_str(), both, 0) != 0)
        throw base::SystemError("set the time of " + path);
}

void rename_file(const std::string& from, const std::string& to) {
    if (from != to && ::rename(from.c_str(), to.c_str()) != 0)
        throw base::SystemError("rename " + from);
}

void find_all(const spool::QueueFolders& folders, const std::string& queue,
              std::vector<Found>& found) {
    spool::QueueScan scan(folders, queue);
    while (auto entry = scan.next())
        if (entry->ready())
            found.push_back({queue, entry->id, entry->modified});
}

void adopt_active(const spool::QueueFolders& folders) {
    spool::QueueScan scan(folders, "active");
    while (auto entry = scan.next()) {
        spool::make_hash_folders(folders, "incoming", entry->id);
        std::string to = folders.path("incoming", entry->id);
        rename_file(entry->path, to);
        set_time(to, base::wall_now());
    }
}

std::vector<spool::DeferEntry> entries_of(const Message& message,
                                          const std::vector<uint32_t>& recipients) {
    std::vector<spool::DeferEntry> entries;
    for (uint32_t index : recipients) {
        const Recipient& to = message.recipients[index];
        if (to.last == nullptr)
            continue;
        spool::DeferEntry entry;
        entry.recipient = to.envelope.address;
        entry.original = to.envelope.original;
        entry.mark = to.mark;
        entry.orcpt = to.envelope.orcpt;
        entry.notify = to.envelope.notify;
        entry.dsn = to.last->dsn;
        entry.diagnostic = to.last->diagnostic;
        entry.remote_mta = to.last->remote_mta;
        entry.reason = to.last->reason;
        entries.push_back(std::move(entry));
    }
    return entries;
}

// Recipients left in a domain. What cannot be read now is found out when it is tried.
bool file_waits_for(const std::string& path, const std::string& site) {
    try {
        spool::QueueFile file = spool::load_queue_file(path);
        for (size_t i = 0; i < file.places.size(); ++i)
            if (!file.places[i].done &&
                base::equal_nocase(mail::domain_of(file.envelope.recipients[i].address), site))
                return true;
    } catch (const std::runtime_error&) {
    }
    return false;
}

}  // namespace

// Runs `job` on the thread; false, after a warning, when it fails.
io::Task<bool> QueueFiles::attempt(std::string what, std::function<void()> job) {
    try {
        co_await thread_.run(job);
        co_return true;
    } catch (const base::SystemError& error) {
        log::spool_trouble(what, error.what());
    } catch (const spool::BadContent& error) {
        log::spool_trouble(what, error.what());
    }
    co_return false;
}

io::Task<std::vector<Found>> QueueFiles::open() {
    std::function<void()> job = [folders = folders_] {
        spool::remove_unfinished(folders);
        adopt_active(folders);
    };
    co_await attempt("taking over the queue", job);
    std::vector<std::string> queues{"incoming", "deferred", "hold", "corrupt"};
    co_return co_await look(queues);
}

// A batch at a time, so that other work with files does not wait for all of it.
io::Task<std::vector<std::string>> QueueFiles::waiting_for(std::string site) {
    struct Search {
        std::optional<spool::QueueScan> scan;
        std::vector<std::string> found;
        bool over = false;
    };
    auto search = std::make_shared<Search>();
    std::function<void()> job = [folders = folders_, site, search] {
        search->over = true;  // also where an error ends it
        if (!search->scan)
            search->scan.emplace(folders, "deferred");
        for (size_t read = 0; read < searched_at_once; ++read) {
            auto entry = search->scan->next();
            if (!entry)
                return;
            if (entry->ready() && file_waits_for(entry->path, site))
                search->found.push_back(entry->id);
        }
        search->over = false;
    };
    const std::string what = "looking for mail for " + site;
    while (!search->over)
        co_await attempt(what, job);
    co_return std::move(search->found);
}

io::Task<std::vector<Found>> QueueFiles::scan() {
    std::vector<std::string> queues{"incoming", "deferred"};
    co_return co_await look(queues);
}

io::Task<std::vector<Found>> QueueFiles::look(std::vector<std::string> queues) {
    auto found = std::make_shared<std::vector<Found>>();
    std::function<void()> job = [folders = folders_, queues, found] {
        for (const std::string& queue : queues)
            find_all(folders, queue, *found);
    };
    co_await attempt("looking through the queue", job);
    co_return std::move(*found);
}

io::Task<std::unique_ptr<Message>> QueueFiles::load(std::string queue, std::string id) {
    struct Loaded {
        std::unique_ptr<Message> message;
        std::string damage;
    };
    auto loaded = std::make_shared<Loaded>();
    std::function<void()> job = [folders = folders_, queue, id, loaded] {
        auto path = folders.find(queue, id);
        if (!path)
            return;
        try {
            loaded->message = message_of(queue, id, spool::load_queue_file(*path));
            take_owed(*loaded->message, spool::read_log(folders, spool::DeferLog::bounce, id));
            spool::remove_log(folders, spool::DeferLog::defer, id);
        } catch (const base::SystemError& error) {
            if (error.code() != ENOENT)
                throw;
        } catch (const std::runtime_error& error) {
            loaded->damage = error.what();
            spool::put_aside(folders, *path, id);
        }
    };
    co_await attempt(id, job);
    if (!loaded->damage.empty())
        log::put_aside(id, loaded->damage);
    co_return std::move(loaded->message);
}

io::Task<std::vector<QueueFiles::Peeked>> QueueFiles::peek(std::vector<std::string> ids) {
    auto found = std::make_shared<std::vector<Peeked>>();
    std::function<void()> job = [folders = folders_, ids, found] {
        for (const std::string& id : ids) {
            std::string queue = "deferred";
            auto path = folders.find(queue, id);
            if (!path)
                path = folders.find(queue = "incoming", id);
            if (!path)
                continue;
            try {
                found->push_back(message_of(queue, id, spool::load_queue_file(*path)));
            } catch (const std::runtime_error&) {
                // What is wrong with it is found out when it is tried.
            }
        }
    };
    co_await attempt("looking into deferred mail", job);
    co_return std::move(*found);
}

io::Task<bool> QueueFiles::defer(Message& message) {
    std::vector<uint32_t> pending;
    for (uint32_t i = 0; i < message.recipients.size(); ++i)
        if (message.recipients[i].pending())
            pending.push_back(i);
    auto gone = std::make_shared<bool>(false);
    std::function<void()> job = [folders = folders_, file = message.file(), gone,
                                 entries = entries_of(message, pending),
                                 next = message.next_attempt] {
        auto path = folders.find(file.queue, file.id);
        *gone = !path;
        if (!path)
            return;
        spool::append_log(folders, spool::DeferLog::defer, file.id, entries, true);
        set_time(*path, next);
        spool::make_hash_folders(folders, "deferred", file.id);
        if (file.queue != "deferred")
            rename_file(*path, folders.path("deferred", file.id));
    };
    bool done = co_await attempt(message.queue_id, job);
    if (done && !*gone)
        message.place = ipc::FileRef{"deferred", message.queue_id};
    co_return !*gone;
}

io::Task<bool> QueueFiles::bounce(Message& message, std::vector<uint32_t> failed) {
    std::vector<uint64_t> marks;
    for (uint32_t index : failed)
        marks.push_back(message.recipients[index].mark);
    std::function<void()> job = [folders = folders_, file = message.file(), marks,
                                 entries = entries_of(message, failed)] {
        spool::append_log(folders, spool::DeferLog::bounce, file.id, entries, true);
        if (auto path = folders.find(file.queue, file.id)) {
            spool::mark_done(*path, marks);
            spool::sync_queue_file(*path);
        }
    };
    co_return co_await attempt(message.queue_id, job);
}

io::Task<void> QueueFiles::reported(std::string id) {
    std::function<void()> job = [folders = folders_, id] {
        spool::remove_log(folders, spool::DeferLog::bounce, id);
    };
    co_await attempt(id, job);
}

void QueueFiles::delivered(const Message& message, uint32_t recipient) {
    Marks& marks = marked_[message.queue_id];
    marks.queue = message.file().queue;
    marks.places.push_back(message.recipients[recipient].mark);
}

io::Task<void> QueueFiles::flush() {
    if (marked_.empty())
        co_return;
    auto files = std::make_shared<MarkedFiles>();
    files->swap(marked_);
    std::function<void()> job = [folders = folders_, files] { write(folders, *files); };
    co_await attempt("marking what was delivered", job);
}

// The agent has marked them already, as a rule.
void QueueFiles::write(const spool::QueueFolders& folders, const MarkedFiles& files) {
    for (const auto& [id, marks] : files) {
        for (const std::string& queue : {marks.queue, std::string("deferred")}) {
            auto path = folders.find(queue, id);
            if (!path)
                continue;
            try {
                spool::mark_done(*path, marks.places);
                spool::sync_queue_file(*path);
                break;
            } catch (const base::SystemError& error) {
                if (error.code() != ENOENT)
                    log::spool_trouble(id, error.what());
            } catch (const spool::BadContent& error) {
                log::spool_trouble(id, error.what());
            }
        }
    }
}

io::Task<void> QueueFiles::remove(std::string queue, std::string id) {
    marked_.erase(id);
    std::function<void()> job = [folders = folders_, queue, id] {
        spool::remove_queued(folders, queue, id);
    };
    co_await attempt(id, job);
}

io::Task<void> QueueFiles::put_aside(std::string queue, std::string id) {
    std::function<void()> job = [folders = folders_, queue, id] {
        if (auto path = folders.find(queue, id))
            spool::put_aside(folders, *path, id);
    };
    co_await attempt(id, job);
}

bool QueueFiles::refresh(Message& message) {
    try {
        auto path = folders_.find(message.file().queue, message.file().id);
        if (!path)
            return true;
        spool::QueueFile file = spool::load_queue_file(*path);
        for (size_t i = 0; i < file.places.size() && i < message.recipients.size(); ++i)
            if (file.places[i].done && message.recipients[i].pending())
                message.recipients[i].state = spool::RecipientState::done;
    } catch (const base::SystemError& error) {
        log::spool_trouble(message.queue_id, error.what());
        return error.code() == ENOENT;
    } catch (const std::runtime_error& error) {
        log::spool_trouble(message.queue_id, error.what());
    }
    return true;
}

}  // namespace qmgr
