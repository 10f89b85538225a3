// LogFixture has a loop, a disk in memory and messages that can be recognised when found again.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/io/run.h"
#include "lib/io/sleep.h"
#include "lib/spool/content.h"
#include "lib/spool/pool.h"
#include "lib/spool/reader.h"
#include "lib/spool/status_area.h"
#include "lib/spool/writer.h"
#include "tests/unit/lib/spool/memory_disk.h"

namespace spool_test {

inline spool::Options small_options() {
    spool::Options options;
    options.queue_directory = "/q";
    options.segment_size = 256 << 10;
    options.pool_min = 0;
    options.inline_limit = 16 << 10;
    return options;
}

// The content of the message with this ID: so long, and told from all others.
inline std::string content_for(const std::string& id, size_t size) {
    std::string content = base::text("Message-Id: <", id, "@example.com>\r\n\r\n");
    for (size_t line = 0; content.size() < size; ++line)
        content += base::text(".line ", line, " of ", id, "\r\n");
    content.resize(std::max(size, content.find("\r\n\r\n") + 4));
    return content;
}

inline mail::Envelope envelope_for(const std::string& id, size_t recipients = 2) {
    mail::Envelope envelope;
    envelope.queue_id = id;
    envelope.sender = "sender@example.com";
    for (size_t i = 0; i < recipients; ++i) {
        mail::Recipient recipient;
        recipient.address = base::text("r", i, ".", id, "@example.org");
        envelope.recipients.push_back(recipient);
    }
    return envelope;
}

// Commits one message; its ID, or none where it was refused (`why` then says how).
inline io::Task<std::optional<std::string>> commit_one(spool::Writer& writer, size_t size,
                                                       spool::Refused::Why& why) {
    std::optional<std::string> id;
    try {
        id = writer.next_id().text();
        spool::Draft draft = writer.draft();
        std::string content = content_for(*id, size);
        for (size_t at = 0; at < content.size(); at += 5000) {
            std::string_view piece = std::string_view(content).substr(at, 5000);
            co_await draft.append(piece);
        }
        mail::Envelope envelope = envelope_for(*id);
        co_await writer.commit(envelope, std::move(draft));
    } catch (const spool::Refused& refused) {
        why = refused.why;
        id.reset();
    }
    co_return id;
}

struct Found {
    std::map<std::string, int> messages;  // ID → how often
    std::vector<std::string> wrong;       // IDs with other content or envelope than was written
    unsigned damaged = 0;
    std::vector<spool::Record> records;
};

inline std::string read_all(spool::Content& content) {
    std::string all(content.size(), '\0');
    all.resize(content.read(all, 0));
    return all;
}

// Reads every segment that nobody writes any more, as the queue manager does at its start.
inline Found recover(spool::Disk& disk, const spool::Options& options) {
    Found found;
    for (const spool::SegmentInfo& info : spool::Pool(options, disk).segments()) {
        if (info.state == spool::SegmentState::free)
            continue;
        spool::Reader reader(options, info.number, disk);
        if (!reader.take_over())
            continue;
        while (auto record = reader.next()) {
            const std::string id = record->envelope.queue_id;
            ++found.messages[id];
            auto content = spool::Content::open(disk, options.queue_directory, record->ref);
            std::string bytes = read_all(content);
            if (record->envelope != envelope_for(id) ||
                bytes != content_for(id, record->content_size))
                found.wrong.push_back(id);
            found.records.push_back(std::move(*record));
        }
        found.damaged += reader.damaged();
    }
    return found;
}

class LogFixture : public testing::Test {
  protected:
    // Runs a task on the fixture's loop to its end.
    void run(io::Task<void> task) { io::run_task(std::move(task)); }

    io::Loop loop_;
    MemoryDisk disk_;
    spool::Options options_ = small_options();
};

}  // namespace spool_test
