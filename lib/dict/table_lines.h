// TableLines are the logical lines of a table's source: comments left out, continuations joined.
//
// What begins with white space and continues nothing is left out, with a warning. A line ends at a
// NUL in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dict {

class TableLines {
  public:
    // `text` outlives this; `file` is its name in warnings.
    TableLines(std::string_view text, std::string file);

    struct Line {
        std::string_view text;  // as written, line ends left out; valid until the next call
        size_t number = 0;      // of its first part, as warnings give it
    };
    std::optional<Line> next();

  private:
    std::optional<std::string_view> take_part();
    std::optional<Line> take_line();

    std::string_view rest_;
    std::string file_;
    std::string joined_;
    size_t number_ = 0;
};

// "FILE, line N".
std::string where(std::string_view file, size_t line);

// The whole of what `fd` has to read. Throws base::SystemError naming `path`.
std::string read_all(int fd, const std::string& path);

}  // namespace dict
