// Content reads the content of one record: what goes to the next host after DATA.
//
// While it lives its segment cannot be recycled (it holds the shared readers' lock).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "lib/mail/envelope.h"
#include "lib/spool/open_segments.h"
#include "lib/spool/record_ref.h"

namespace spool {

class Content {
  public:
    // Throws Gone or base::SystemError.
    static Content open(OpenSegments& segments, const RecordRef& ref);
    // For one who opens a single record.
    static Content open(Disk& disk, const std::string& queue_directory, const RecordRef& ref);
    Content(Content&&) noexcept;
    Content& operator=(Content&&) noexcept;
    ~Content();

    uint64_t size() const;
    bool has_leading_dots() const;
    // Bytes from `offset` on; fewer than asked for only at the end.
    size_t read(std::span<char> to, uint64_t offset);
    // Reads all of it: whether it is what was written. Throws base::SystemError.
    bool intact();
    // Whether the segment still has the record's epoch: ask before the final dot.
    bool still_valid() const;
    // Reads the envelope too, for those who have the RecordRef alone.
    mail::Envelope envelope();

  private:
    struct State;
    explicit Content(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace spool
