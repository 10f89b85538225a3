#include "lib/spool/queue_file_content.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "lib/base/error.h"
#include "lib/base/text.h"

namespace spool {

namespace {

base::Fd open_content(const std::string& path) {
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd)
        throw base::SystemError(base::text("open ", path));
    return fd;
}

}  // namespace

QueueFileContent::QueueFileContent(const std::string& path)
    : fd_(open_content(path)),
      file_(read_queue_file(fd_.get(), path.substr(path.rfind('/') + 1))),
      records_(fd_.get()) {
    rewind();
    if (file_.size_is_exact) {
        size_ = file_.size;
        dots_ = file_.has_leading_dots;
    } else {
        measure();
    }
}

void QueueFileContent::rewind() {
    records_ = RecordReader(fd_.get(), file_.content_offset);
    piece_.clear();
    piece_at_ = 0;
    in_line_ = over_ = false;
}

// Reads one more record into piece_; false behind the last one.
bool QueueFileContent::advance() {
    if (over_)
        return false;
    piece_at_ += piece_.size();
    piece_.clear();
    while (true) {
        QueueRecord r = records_.follow();
        switch (r.type) {
            case record::line:
                piece_ = std::move(r.data);
                piece_ += "\r\n";
                in_line_ = false;
                return true;
            case record::piece:
                piece_ = std::move(r.data);
                in_line_ = true;
                return true;
            case record::extracted:
                over_ = true;
                if (in_line_)
                    piece_ = "\r\n";
                return in_line_;
            case record::end:
                throw BadContent("the content has no end");
            default:  // padding that edits of the content left
                break;
        }
    }
}

void QueueFileContent::measure() {
    bool line_begins = true;
    while (advance()) {
        dots_ = dots_ || (line_begins && piece_.starts_with('.'));
        line_begins = !in_line_ || over_;
        size_ = piece_at_ + piece_.size();
    }
    rewind();
}

size_t QueueFileContent::read(std::span<char> into, uint64_t offset) {
    if (offset < piece_at_)
        rewind();
    size_t got = 0;
    while (got < into.size()) {
        uint64_t at = offset + got;
        if (at >= piece_at_ + piece_.size()) {
            if (!advance())
                break;
            continue;
        }
        std::string_view rest = std::string_view(piece_).substr(at - piece_at_);
        size_t n = std::min(rest.size(), into.size() - got);
        std::memcpy(into.data() + got, rest.data(), n);
        got += n;
    }
    return got;
}

}  // namespace spool
