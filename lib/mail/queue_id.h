// QueueId is the name of a queued message, short ("3F2A11B2C4") or long ("4W2xkF1mZyz9f").
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace mail {

class QueueId {
  public:
    // `text` must be valid(): a queue ID becomes part of file names.
    explicit QueueId(std::string text);

    const std::string& text() const { return text_; }
    // 1 to 100 letters, digits and underscores: no dot, no slash, no white space.
    static bool valid(std::string_view text);

    auto operator<=>(const QueueId&) const = default;

  private:
    std::string text_;
};

}  // namespace mail
