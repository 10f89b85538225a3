#include "lib/spool/queue_file_writer.h"

#include <unistd.h>

#include <cerrno>

#include "lib/base/crc32c.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/spool/queue_envelope.h"

namespace spool {

namespace {

constexpr size_t chunk = 65536;
constexpr size_t longest_piece = 2048;  // Postfix's line_length_limit

// Sends records to the file, with the checksum of all behind the size record.
class Sink {
  public:
    explicit Sink(int fd) : fd_(fd) {}

    std::string& buffer() { return buffer_; }
    void record(char type, std::string_view data) {
        append_record(buffer_, type, data);
        if (buffer_.size() >= chunk)
            flush();
    }
    uint64_t offset() const { return written_ + buffer_.size(); }

    void flush() {
        sum_ = base::crc32c(buffer_, sum_);
        write(buffer_, written_);
        written_ += buffer_.size();
        buffer_.clear();
    }
    uint32_t sum() {
        flush();
        return sum_;
    }
    // Leaves room for the size record, which is known last.
    void skip(size_t n) { written_ += n; }

    void write(std::string_view bytes, uint64_t at) {
        while (!bytes.empty()) {
            ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                throw base::SystemError("write queue file");
            bytes.remove_prefix(static_cast<size_t>(n));
            at += static_cast<uint64_t>(n);
        }
    }

  private:
    int fd_;
    std::string buffer_;
    uint64_t written_ = 0;
    uint32_t sum_ = 0;
};

// Cuts the content into lines, and long lines into pieces.
class Lines {
  public:
    explicit Lines(Sink& sink) : sink_(sink) {}

    void take(std::string_view bytes) {
        while (!bytes.empty()) {
            size_t end = bytes.find('\n');
            if (end == bytes.npos) {
                add(bytes);
                return;
            }
            add(bytes.substr(0, end));
            finish_line();
            bytes.remove_prefix(end + 1);
        }
    }
    void finish() {
        if (!line_.empty() || pieces_)
            finish_line();
    }
    uint64_t size() const { return size_; }
    bool dots() const { return dots_; }

  private:
    void add(std::string_view bytes) {
        line_.append(bytes);
        // The last byte stays back: it may be the CR of the line's end.
        while (line_.size() > longest_piece + 1) {
            put(record::piece, std::string_view(line_).substr(0, longest_piece));
            line_.erase(0, longest_piece);
            pieces_ = true;
        }
    }
    void finish_line() {
        if (line_.ends_with('\r'))
            line_.pop_back();
        put(record::line, line_);
        size_ += 2;
        line_.clear();
        pieces_ = false;
    }
    void put(char type, std::string_view data) {
        dots_ = dots_ || (!pieces_ && data.starts_with('.'));
        size_ += data.size();
        sink_.record(type, data);
    }

    Sink& sink_;
    std::string line_;
    bool pieces_ = false;
    bool dots_ = false;
    uint64_t size_ = 0;
};

Lines copy_content(Sink& sink, MessageSource& content) {
    Lines lines(sink);
    std::string bytes(chunk, '\0');
    uint64_t at = 0;
    while (size_t n = content.read(std::span(bytes), at)) {
        lines.take(std::string_view(bytes).substr(0, n));
        at += n;
    }
    if (at != content.size() || !content.still_valid())
        throw BadContent("the content is not whole");
    lines.finish();
    return lines;
}

}  // namespace

std::vector<RecipientPlace> write_queue_file(int fd, const mail::Envelope& envelope,
                                             const std::vector<bool>& done,
                                             MessageSource& content) {
    Sink sink(fd);
    sink.skip(size_record(0, 0, 0).size());
    std::vector<RecipientPlace> places =
        append_envelope(sink.buffer(), sink.offset(), envelope, done);
    sink.record(record::message, "");
    uint64_t begin = sink.offset();
    Lines lines = copy_content(sink, content);
    uint64_t content_bytes = sink.offset() - begin;

    sink.record(record::extracted, "");
    sink.record(record::attribute, base::text(size_attribute, lines.size()));
    sink.record(record::attribute, base::text(dots_attribute, lines.dots() ? 1 : 0));
    sink.record(record::attribute, base::text(check_attribute, base::hex(sink.sum())));
    sink.record(record::end, "");
    sink.flush();
    sink.write(size_record(content_bytes, begin, places.size()), 0);
    for (const RecipientPlace& place : places)
        if (place.done)
            sink.write(std::string_view(&record::done, 1), place.mark);
    return places;
}

}  // namespace spool
