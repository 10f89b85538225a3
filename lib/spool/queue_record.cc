#include "lib/spool/queue_record.h"

#include <unistd.h>

#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"

namespace spool {

namespace {

constexpr size_t read_ahead = 16384;
constexpr size_t longest_record = 1 << 20;  // Postfix writes no line of over 100 KiB in one record
constexpr uint64_t most_jumps = 10000;

}  // namespace

void append_record(std::string& out, char type, std::string_view data) {
    out.push_back(type);
    size_t length = data.size();
    do {
        unsigned char group = length & 0x7f;
        length >>= 7;
        out.push_back(static_cast<char>(group | (length ? 0x80 : 0)));
    } while (length);
    out.append(data);
}

void RecordReader::load() {
    buffer_.resize(read_ahead);
    buffer_at_ = offset_;
    ssize_t n;
    do
        n = ::pread(fd_, buffer_.data(), buffer_.size(), static_cast<off_t>(offset_));
    while (n < 0 && errno == EINTR);
    if (n < 0)
        throw base::SystemError("read queue file");
    buffer_.resize(static_cast<size_t>(n));
    if (n == 0)
        throw IncompleteQueueFile(base::text("queue file ends at byte ", offset_));
}

unsigned char RecordReader::byte() {
    if (offset_ < buffer_at_ || offset_ - buffer_at_ >= buffer_.size())
        load();
    return static_cast<unsigned char>(buffer_[offset_++ - buffer_at_]);
}

void RecordReader::take(std::string& into, size_t n) {
    while (n > 0) {
        if (offset_ < buffer_at_ || offset_ - buffer_at_ >= buffer_.size())
            load();
        size_t at = offset_ - buffer_at_;
        size_t part = std::min(n, buffer_.size() - at);
        into.append(buffer_, at, part);
        offset_ += part;
        n -= part;
    }
}

QueueRecord RecordReader::next() {
    QueueRecord record;
    record.offset = offset_;
    record.type = static_cast<char>(byte());
    if (record.type <= ' ' || record.type > '~')
        throw BadContent(base::text("no record at byte ", record.offset));
    size_t length = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char group = byte();
        if (shift > 21)
            throw BadContent(base::text("impossible length at byte ", record.offset));
        length |= static_cast<size_t>(group & 0x7f) << shift;
        if (!(group & 0x80))
            break;
    }
    if (length > longest_record)
        throw BadContent(base::text("impossible length at byte ", record.offset));
    take(record.data, length);
    return record;
}

void RecordReader::jump(const QueueRecord& pointer) {
    auto target = base::number<uint64_t>(base::trim(pointer.data));
    if (!target || ++jumps_ > most_jumps)
        throw BadContent(base::text("bad pointer at byte ", pointer.offset));
    if (*target > 0)
        seek(*target);
}

QueueRecord RecordReader::follow() {
    while (true) {
        QueueRecord record = next();
        if (record.type != record::pointer)
            return record;
        jump(record);
    }
}

}  // namespace spool
