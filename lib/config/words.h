// Words takes words off a line of master.cf; `{ … }` is one word.
#pragma once

#include <stdexcept>
#include <string_view>

namespace config {

// What is wrong with a line, without its place.
struct BadLine : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Words {
  public:
    explicit Words(std::string_view line);

    bool empty() const { return rest_.empty(); }
    // The next word, with its braces if it has them. Throws BadLine where a brace has no partner.
    std::string_view next();
    // The same; throws BadLine, naming the field `what`, when nothing is left.
    std::string_view field(std::string_view what);

  private:
    size_t group_length() const;

    std::string_view rest_;
};

// What stands between the braces of a word that has them, trimmed; else the word.
std::string_view without_braces(std::string_view word);

}  // namespace config
