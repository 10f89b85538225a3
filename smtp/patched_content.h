// PatchedContent is the content of a message with some stretches of it replaced.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/spool/message_source.h"

namespace smtp {

// `size` bytes at `at` of the stored content give way to `instead`.
struct Patch {
    uint64_t at;
    uint64_t size;
    std::string instead;
};

// In the order of the content, none within another.
using Patches = std::vector<Patch>;

// How many bytes the content grows by; fewer than none where it shrinks.
int64_t growth(const Patches& patches);

class PatchedContent : public spool::MessageSource {
  public:
    // `patches` outlive it.
    PatchedContent(std::unique_ptr<spool::MessageSource> stored, const Patches& patches)
        : stored_(std::move(stored)), patches_(patches) {}

    uint64_t size() const override;
    bool has_leading_dots() const override { return true; }
    size_t read(std::span<char> into, uint64_t offset) override;
    bool still_valid() override { return stored_->still_valid(); }

  private:
    std::unique_ptr<spool::MessageSource> stored_;
    const Patches& patches_;
};

}  // namespace smtp
