#include "pickup/server.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <exception>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/cleanup/intake.h"
#include "lib/cleanup/received.h"
#include "lib/config/owners.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "lib/ipc/ring.h"
#include "lib/spool/notes.h"
#include "lib/spool/posted_file.h"
#include "pickup/log.h"

namespace pickup {

namespace {

constexpr const char* queue = "maildrop";
constexpr size_t at_a_time = 64;
constexpr base::Duration turn_interval = std::chrono::milliseconds(50);

spool::Options spool_options(const config::Settings& settings, const std::string& root) {
    auto options = spool::Options::from(settings, root);
    options.message_limit = 0;  // postdrop keeps to message_size_limit
    return options;
}

}  // namespace

Server::Server(const config::Settings& settings, dict::Tables& tables,
               const std::string& queue_directory)
    : cleanup_(cleanup::Options::from(settings)),
      mappings_(settings, tables),
      spool_(spool_options(settings, queue_directory)),
      folders_(spool::queue_folders(settings, queue_directory)),
      room_(at_a_time) {
    std::optional<config::Owners> owners = config::find_owners(settings);
    if (!owners)
        throw config::Error("mail_owner or setgid_group is not known to this machine");
    mail_owner_ = owners->mail_owner;
}

io::Task<void> Server::run(ipc::Service& service) {
    spool::Writer writer(spool_);
    ipc::RingClient doorbell(writer);
    Round round;
    round.committed = [&doorbell] { doorbell.ring(); };
    round.stop = [&service] { return service.draining().is_set(); };
    io::Scope beside;
    beside.spawn(doorbell.run());
    service.ready();
    std::exception_ptr failure;
    try {
        ipc::Service::Handler handler = [&](io::Accepted client) {
            return answer_ring(std::move(client), service, writer, round);
        };
        co_await service.serve(handler);
        co_await writer.close();
    } catch (...) {
        failure = std::current_exception();
    }
    beside.cancel();
    co_await beside.join();
    if (failure)
        std::rethrow_exception(failure);
}

// Whoever rings while mail is being collected makes that go on for another round.
io::Task<void> Server::answer_ring(io::Accepted client, ipc::Service& service,
                                   spool::Writer& writer, const Round& round) {
    client.fd.reset();
    rung_ = true;
    if (collecting_)
        co_return;
    collecting_ = true;
    std::exception_ptr failure;
    try {
        // What a process that drains leaves is for the next, which may have other settings.
        while (rung_ && !service.draining().is_set()) {
            rung_ = false;
            co_await collect(writer, round);
        }
    } catch (...) {
        failure = std::current_exception();
    }
    collecting_ = false;
    if (failure)
        std::rethrow_exception(failure);
}

io::Task<void> Server::collect(spool::Writer& writer, const Round& round) {
    std::string folder = base::text(folders_.root, '/', queue);
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
        // What could not be removed would be sent again and again.
        log::cannot_collect(base::SystemError("use " + folder).what());
        co_return;
    }
    const bool ours = co_await take_turn(round);
    if (!ours)
        co_return;
    io::Scope messages;
    std::exception_ptr failure;
    try {
        spool::QueueScan scan(folders_, queue);
        while (!round.stop()) {
            std::optional<spool::QueueEntry> entry = scan.next();
            if (!entry)
                break;
            if (!takeable(*entry))
                continue;
            co_await room_.acquire();
            messages.spawn(take(std::move(*entry), writer, round));
        }
    } catch (...) {
        failure = std::current_exception();
    }
    co_await messages.join();
    if (failure)
        std::rethrow_exception(failure);
}

// After a reload the process before this one may still be at work; what it died over is known once
// it is gone. False when this one is to leave first.
io::Task<bool> Server::take_turn(const Round& round) {
    if (turn_)
        co_return true;
    std::string folder = base::text(folders_.root, '/', queue);
    base::Fd turn(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!turn)
        throw base::SystemError("open " + folder);
    while (::flock(turn.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            throw base::SystemError("lock " + folder);
        if (round.stop())
            co_return false;
        co_await io::sleep(turn_interval);
    }
    auto found = std::make_shared<std::set<std::string>>();
    std::function<void()> job = [found, root = folders_.root] {
        *found = spool::posted_files_in_log(root);
    };
    if (spool::QueueScan(folders_, queue).next())
        co_await thread_.run(job);
    committed_ = std::move(*found);
    turn_ = std::move(turn);
    co_return true;
}

io::Task<void> Server::take(spool::QueueEntry entry, spool::Writer& writer, const Round& round) {
    io::Permit place(room_);
    std::string damage;
    try {
        const std::string mark = spool::posted_file_mark(folders_.root, entry.path);
        if (committed_.contains(mark)) {
            remove(entry.path, mark);
            co_return;
        }
        Drop drop(entry.path, mail_owner_);
        bool durable = co_await commit(drop, mark, writer);
        if (!durable)
            co_return;
        committed_.insert(mark);
        remove(entry.path, mark);
        round.committed();
        co_return;
    } catch (const io::Cancelled&) {
        throw;
    } catch (const spool::BadContent& error) {
        damage = error.what();
    } catch (const std::runtime_error& error) {
        log::stays(entry.path, error.what());
    }
    if (!damage.empty())
        put_aside(entry, damage);
}

void Server::remove(const std::string& path, const std::string& mark) {
    try {
        spool::remove_posted_file(folders_.root, mark);
        committed_.erase(mark);
    } catch (const base::SystemError& error) {
        log::cannot_remove(path, error.what());
    }
}

// False where the message stays in its file for now.
io::Task<bool> Server::commit(Drop& drop, const std::string& mark, spool::Writer& writer) {
    mail::Envelope envelope = drop.envelope();
    envelope.more[std::string(spool::note::posted_file)] = mark;
    envelope.queue_id = writer.next_id().text();
    log::picked_up(envelope.queue_id, drop.uid(), envelope.sender);
    cleanup::Intake intake(cleanup_, mappings_, writer);
    intake.return_loops();
    std::string received = cleanup::received_from_user(cleanup_, envelope, drop.uid());
    co_await intake.begin(envelope, received, drop.local());
    std::string piece(65536, '\0');
    uint64_t at = 0;
    while (size_t n = drop.content().read(std::span(piece), at)) {
        co_await intake.add(std::string_view(piece).substr(0, n));
        at += n;
    }
    std::optional<cleanup::Refusal> refusal = co_await intake.commit();
    if (!refusal)
        co_return true;
    log::not_stored(envelope.queue_id, refusal->what);
    co_return false;
}

void Server::put_aside(const spool::QueueEntry& entry, std::string_view why) {
    log::damaged(entry.path, why);
    try {
        spool::put_aside(folders_, entry.path, entry.id);
    } catch (const base::SystemError& error) {
        log::stays(entry.path, error.what());
    }
}

}  // namespace pickup
