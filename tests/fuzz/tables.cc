// Fuzz target: no text breaks the readers of tables, and no key those tables.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/base/log.h"
#include "lib/config/error.h"
#include "lib/dict/braces.h"
#include "lib/dict/fold.h"
#include "lib/dict/network.h"
#include "lib/dict/patterns.h"
#include "lib/dict/source.h"
#include "lib/dict/spec.h"

namespace dict_fuzz {

// Each pattern is taken as a piece of text that the key must hold.
class Holds : public dict::Matcher {
  public:
    explicit Holds(std::string text) : text_(std::move(text)) {}
    Match match(std::string_view key, dict::Captures* captures) const override {
        if (captures != nullptr)
            captures->assign(2, key);
        return key.find(text_) != key.npos ? Match::yes : Match::no;
    }
    size_t groups() const override { return 1; }

  private:
    std::string text_;
};

inline void read_patterns(std::string_view text, std::string_view key) {
    dict::PatternSyntax syntax{"regexp", "imx", "skipping",
                               [](const std::string& pattern, std::string_view) {
                                   return std::make_unique<Holds>(pattern);
                               }};
    dict::parse_patterns(text, "table", syntax, {})->get(key, dict::Key::whole);
}

inline void read_entries(std::string_view text) {
    dict::Source source = dict::Source::read(text, "table", {dict::Fold::unicode, true});
    source.resolve(dict::Repeated::warn, nullptr, "table", [](const dict::Source::Entry&) {});
    for (const dict::Source::Entry& entry : source.entries())
        if (entry.key.empty() || entry.value.empty() ||
            dict::fold(entry.key, dict::Fold::unicode) != entry.key)
            std::abort();
}

inline void read_inline(std::string_view text) {
    dict::Spec spec;
    spec.type = "inline";
    spec.name = text;
    spec.full = "inline:" + spec.name;
    try {
        dict::make_inline(spec);
    } catch (const config::Error&) {
    }
}

inline void read_network(std::string_view text) {
    try {
        dict::Network network = dict::Network::parse(text);
        if (auto address = dict::NumericAddress::parse(text);
            address && !network.contains(*address))
            std::abort();
    } catch (const config::Error&) {
    }
}

}  // namespace dict_fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view in(reinterpret_cast<const char*>(data), size);
    std::string_view key = in.substr(0, in.find('\n'));
    dict_fuzz::read_patterns(in, key);
    dict_fuzz::read_entries(in);
    dict_fuzz::read_inline(in);
    dict_fuzz::read_network(key);
    dict::split_braced(in);
    return 0;
}
