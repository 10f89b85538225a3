#include "lib/spool/queue_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "lib/base/crc32c.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/spool/queue_envelope.h"

namespace spool {

namespace {

base::Fd open_file(const std::string& path, int flags) {
    base::Fd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd)
        throw base::SystemError(base::text("open ", path));
    return fd;
}

// Leaves the cursor behind the record `extracted`: at the offset that the size record tells of, or
// else by reading all of the content.
void skip_content(RecordReader& records, std::optional<uint64_t> content_bytes) {
    uint64_t begin = records.offset();
    if (content_bytes) {
        records.seek(begin + *content_bytes);
        try {
            if (records.next().type == record::extracted)
                return;
        } catch (const BadContent&) {
            // The size record is wrong: read on from where the content begins.
        }
        records.seek(begin);
    }
    for (QueueRecord r = records.follow(); r.type != record::extracted; r = records.follow())
        if (r.type == record::end)
            throw BadContent("the content has no end");
}

}  // namespace

size_t QueueFile::pending() const {
    return static_cast<size_t>(
        std::count_if(places.begin(), places.end(), [](const auto& p) { return !p.done; }));
}

QueueFile read_queue_file(int fd, const std::string& queue_id) {
    RecordReader records(fd);
    EnvelopeReader envelope(queue_id);
    for (QueueRecord r = records.follow(); r.type != record::message; r = records.follow()) {
        if (r.type == record::end)
            throw BadContent("no content");
        envelope.take(r);
    }
    uint64_t content = records.offset();
    skip_content(records, envelope.content_bytes());
    for (QueueRecord r = records.follow(); r.type != record::end; r = records.follow())
        envelope.take(r);
    QueueFile file = envelope.finish();
    file.content_offset = content;
    return file;
}

QueueFile load_queue_file(const std::string& path) {
    base::Fd fd = open_file(path, O_RDONLY);
    return read_queue_file(fd.get(), path.substr(path.rfind('/') + 1));
}

void verify_queue_file(const std::string& path) {
    base::Fd fd = open_file(path, O_RDONLY);
    RecordReader records(fd.get());
    uint32_t sum = 0;
    std::string raw;
    bool ours = false;
    bool checked = false;
    for (QueueRecord r = records.next(); r.type != record::end; r = records.next()) {
        if (checked)
            throw BadContent("records behind the checksum");
        if (r.type == record::size)
            continue;
        if (r.type == record::attribute && r.data.starts_with(check_attribute)) {
            auto digits = std::string_view(r.data).substr(check_attribute.size());
            checked = base::number<uint32_t>(digits, 16) == sum;
            if (!checked)
                throw BadContent("the checksum is wrong");
        }
        ours = ours || (r.type == record::attribute && r.data.starts_with(size_attribute));
        raw.clear();
        append_record(raw, r.type == record::done ? record::recipient : r.type, r.data);
        sum = base::crc32c(raw, sum);
    }
    if (ours && !checked)
        throw BadContent("the checksum is missing");
    read_queue_file(fd.get(), "");
}

void mark_done(const std::string& path, const std::vector<uint64_t>& marks) {
    base::Fd fd = open_file(path, O_RDWR);
    for (uint64_t mark : marks) {
        auto at = static_cast<off_t>(mark);
        char type = 0;
        ssize_t n = ::pread(fd.get(), &type, 1, at);
        if (n < 0)
            throw base::SystemError(base::text("read ", path));
        if (n == 0 || (type != record::recipient && type != record::done))
            throw BadContent(base::text(path, ": no recipient at byte ", mark));
        if (type == record::recipient && ::pwrite(fd.get(), &record::done, 1, at) != 1)
            throw base::SystemError(base::text("write ", path));
    }
}

void sync_queue_file(const std::string& path) {
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd || ::fsync(fd.get()) != 0)
        throw base::SystemError(base::text("fsync ", path));
}

}  // namespace spool
