// Hashed is content kept in memory by key, as inline: and texthash: have it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/dict/content.h"
#include "lib/dict/fold.h"

namespace dict {

struct ViewHash : std::hash<std::string_view> {
    using is_transparent = void;
};
using Entries = std::unordered_map<std::string, std::string, ViewHash, std::equal_to<>>;

class Hashed : public Content {
  public:
    // The keys are folded already.
    Hashed(Entries entries, Fold folding) : entries_(std::move(entries)), folding_(folding) {}

    Answer get(std::string_view key, Key) override {
        auto found =
            needs_fold(key, folding_) ? entries_.find(fold(key, folding_)) : entries_.find(key);
        return found == entries_.end() ? Answer::none() : Answer::of(found->second);
    }
    bool each(const Table::Visit& visit) override {
        for (const auto& [key, value] : entries_)
            visit(key, value);
        return true;
    }

  private:
    Entries entries_;
    Fold folding_;
};

}  // namespace dict
