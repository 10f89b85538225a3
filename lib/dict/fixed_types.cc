// The types without a file: inline:, static:, environ: and fail:.
#include <cstdlib>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/braces.h"
#include "lib/dict/hashed.h"
#include "lib/dict/spec.h"

namespace dict {
namespace {

class Static : public Content {
  public:
    explicit Static(std::string value) : value_(std::move(value)) {}
    Answer get(std::string_view, Key) override { return Answer::of(value_); }

  private:
    std::string value_;
};

class Environment : public Content {
    Answer get(std::string_view key, Key) override {
        const char* value = std::getenv(std::string(key).c_str());
        return value ? Answer::of(value) : Answer::none();
    }
};

class Fail : public Content {
  public:
    explicit Fail(std::string why) : why_(std::move(why)) {}
    Answer get(std::string_view, Key) override { return Answer::later(why_); }

  private:
    std::string why_;
};

[[noreturn]] void refuse_inline(const Spec& spec, std::string_view what) {
    throw config::Error(
        base::text(what, ": \"", spec.full, "\"; need \"", spec.type, ":{name=value...}\""));
}

}  // namespace

std::unique_ptr<Table> make_inline(const Spec& spec) {
    std::optional<std::string_view> list = inside_braces(spec.name);
    if (!list || list->empty())
        refuse_inline(spec, "bad syntax");
    Entries entries;
    for (const std::string& element : split_braced(*list)) {
        std::string_view text = inside_braces(element).value_or(std::string_view(element));
        size_t equals = text.find('=');
        if (equals == text.npos)
            refuse_inline(spec, "missing '=' after attribute name");
        std::string_view name = base::trim(text.substr(0, equals));
        if (name.empty())
            refuse_inline(spec, "missing attribute name");
        std::string key = fold(name, spec.use.folding());
        if (!entries.emplace(key, base::trim(text.substr(equals + 1))).second)
            base::log::warning(base::text(spec.full, ": duplicate entry: \"", key, '"'));
    }
    return std::make_unique<FixedTable>(
        spec.full, std::make_unique<Hashed>(std::move(entries), spec.use.folding()));
}

std::unique_ptr<Table> make_static(const Spec& spec) {
    std::string_view value = spec.name;
    if (value.starts_with('{')) {
        std::optional<std::string_view> inside = inside_braces(value);
        if (!inside)
            throw config::Error(
                base::text("bad static:name syntax: missing '}' in \"", spec.name, '"'));
        value = *inside;
    }
    return std::make_unique<FixedTable>(spec.full, std::make_unique<Static>(std::string(value)));
}

std::unique_ptr<Table> make_environ(const Spec& spec) {
    return std::make_unique<FixedTable>(spec.full, std::make_unique<Environment>());
}

std::unique_ptr<Table> make_fail(const Spec& spec) {
    return std::make_unique<FixedTable>(
        spec.full, std::make_unique<Fail>(base::text("table ", spec.full, " always fails")));
}

}  // namespace dict
