// QueueFiles does what blocks with messages in queue files, on a thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/io/task.h"
#include "lib/spool/defer_log.h"
#include "lib/spool/job_thread.h"
#include "lib/spool/queue_file.h"
#include "lib/spool/queue_folders.h"
#include "qmgr/message.h"

namespace qmgr {

class QueueFiles {
  public:
    QueueFiles(const spool::QueueFolders& folders, spool::JobThread& thread)
        : folders_(folders), thread_(thread) {}

    struct Found {
        std::string queue;
        std::string id;
        base::WallTime next_attempt{};
    };
    // At start, before anything else: what lay in active/ goes back to incoming/, unfinished files
    // are removed. Then all of incoming/, deferred/, hold/ and corrupt/.
    io::Task<std::vector<Found>> open();
    // IDs of messages in deferred/ that have a recipient left in this domain.
    io::Task<std::vector<std::string>> waiting_for(std::string site);
    // All of incoming/ and deferred/.
    io::Task<std::vector<Found>> scan();

    // None when it is gone. One that cannot be read goes to corrupt/. Recipients in the bounce log
    // are owed a report.
    io::Task<std::unique_ptr<Message>> load(std::string queue, std::string id);
    // The same of several in deferred/ or incoming/, and nothing is changed; without those that are
    // gone or cannot be read.
    using Peeked = std::unique_ptr<Message>;
    io::Task<std::vector<Peeked>> peek(std::vector<std::string> ids);
    // Writes the last replies of pending recipients to the defer log and the next attempt into the
    // file's time; the file is in deferred/ then, as Message::place says. False when it is gone.
    io::Task<bool> defer(Message& message);
    // Makes the last replies of these recipients durable in the bounce log, then that they are
    // done.
    io::Task<bool> bounce(Message& message, std::vector<uint32_t> failed);
    // The report on them is committed: the bounce log goes.
    io::Task<void> reported(std::string id);
    // A recipient of `message` is marked done by the next flush().
    void delivered(const Message& message, uint32_t recipient);
    // Makes such marks durable: once a second, so that loss of power repeats no more than that.
    io::Task<void> flush();
    // The file and its logs.
    io::Task<void> remove(std::string queue, std::string id);
    io::Task<void> put_aside(std::string queue, std::string id);
    // What an agent marked before it died; false when that cannot be read now.
    bool refresh(Message& message);

  private:
    io::Task<std::vector<Found>> look(std::vector<std::string> queues);
    io::Task<bool> attempt(std::string what, std::function<void()> job);

    struct Marks {
        std::string queue;
        std::vector<uint64_t> places;
    };
    using MarkedFiles = std::map<std::string, Marks>;  // by ID
    static void write(const spool::QueueFolders& folders, const MarkedFiles& files);

    MarkedFiles marked_;
    spool::QueueFolders folders_;
    spool::JobThread& thread_;
};

}  // namespace qmgr
