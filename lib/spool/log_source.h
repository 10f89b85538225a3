// LogSource is the content of a message in the log, as a MessageSource.
#pragma once

#include <utility>

#include "lib/spool/content.h"
#include "lib/spool/message_source.h"

namespace spool {

class LogSource : public MessageSource {
  public:
    explicit LogSource(Content content) : content_(std::move(content)) {}

    uint64_t size() const override { return content_.size(); }
    bool has_leading_dots() const override { return content_.has_leading_dots(); }
    size_t read(std::span<char> into, uint64_t offset) override {
        return content_.read(into, offset);
    }
    bool still_valid() override { return content_.still_valid(); }

  private:
    Content content_;
};

}  // namespace spool
