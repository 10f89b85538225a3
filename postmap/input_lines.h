// InputLines are the lines of standard input, of any length.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace postmap {

class InputLines {
  public:
    // `before_waiting` is called whenever more must be read, which may take a while.
    explicit InputLines(std::function<void()> before_waiting)
        : before_waiting_(std::move(before_waiting)) {}

    // The next line without its end, valid until the next call; none at the end of the input.
    // Throws base::SystemError.
    std::optional<std::string_view> next();

  private:
    bool read_more();

    std::function<void()> before_waiting_;
    std::string text_;   // what was read, from the present line on
    size_t begin_ = 0;   // of the next line
    size_t looked_ = 0;  // up to here no line ends
};

}  // namespace postmap
