// Rules are what regexp:, pcre: and cidr: tables consist of: tried in order, with blocks that are
// left out where their if does not match.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dict/content.h"

namespace dict {

// The parts of the key that a pattern matched: [0] all of it, then each group; data() is null for
// a group that took no part.
using Captures = std::vector<std::string_view>;

class Matcher {
  public:
    virtual ~Matcher() = default;
    enum class Match : uint8_t { no, yes, trouble };
    // `captures` may be null.
    virtual Match match(std::string_view key, Captures* captures) const = 0;
    virtual size_t groups() const { return 0; }
};

// A value with $1 in it, taken apart.
struct Template {
    struct Part {
        std::string text;
        size_t group = 0;  // 0: the text itself
    };
    std::vector<Part> parts;
    size_t highest_group = 0;

    // Throws config::Error with what is wrong.
    static Template parse(std::string_view value);
    std::string fill(const Captures& captures) const;
};

struct Rule {
    enum class Kind : uint8_t { match, begin_if, end_if };
    Kind kind = Kind::match;
    bool negated = false;
    std::unique_ptr<Matcher> matcher;
    Template value;
    size_t line = 0;
    size_t end = 0;  // of begin_if: the rule behind its block
};

class Rules : public Content {
  public:
    // `name` is "regexp map FILE". Warns of blocks without an end.
    Rules(std::string name, std::vector<Rule> rules);
    Answer get(std::string_view key, Key kind) override;

  private:
    std::string name_;
    std::vector<Rule> rules_;
};

}  // namespace dict
