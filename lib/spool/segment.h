// Segment is an open segment file together with its header.
//
// A claimed one holds the writer's lock until it is destroyed.
#pragma once

#include <memory>

#include "lib/spool/segment_header.h"

namespace spool {

class Segment {
  public:
    Segment(std::unique_ptr<File> file, SegmentHeader header)
        : file_(std::move(file)), header_(std::move(header)) {}

    File& file() { return *file_; }
    const SegmentHeader& header() const { return header_; }
    const Geometry& geometry() const { return header_.geometry; }
    uint32_t number() const { return header_.number; }
    const Epoch& epoch() const { return header_.epoch; }

    // Writes a header durably; the old one stays in force where this throws base::SystemError.
    void change(SegmentHeader header) {
        try {
            write_header(*file_, header);
        } catch (...) {
            // What reached the disk is unknown: the next attempt must be newer than either, in
            // the place of this one, so that the last durable header is never overwritten first.
            header_.sequence += 2;
            throw;
        }
        header_ = std::move(header);
    }

  private:
    std::unique_ptr<File> file_;
    SegmentHeader header_;
};

}  // namespace spool
