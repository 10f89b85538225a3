// SegmentWindow reads a segment in large pieces, in order, for those who look at small ones.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "lib/spool/disk.h"

namespace spool {

class SegmentWindow {
  public:
    explicit SegmentWindow(File& file) : file_(file) {}

    // The bytes from `offset` on, fewer only at the file's end; valid until the next call. What was
    // read before is not read again, so forget() it when it may have been written since.
    std::string_view at(uint64_t offset, size_t length) {
        if (offset < start_ || offset + length > start_ + bytes_.size()) {
            bytes_.resize(std::max<size_t>(length, piece));
            start_ = offset;
            bytes_.resize(file_.pread(bytes_, offset));
        }
        return std::string_view(bytes_).substr(std::min<uint64_t>(offset - start_, bytes_.size()),
                                               length);
    }
    // Gives the memory back, too.
    void forget() { std::string().swap(bytes_); }

  private:
    static constexpr size_t piece = 256 << 10;
    File& file_;
    uint64_t start_ = 0;
    std::string bytes_;
};

}  // namespace spool
