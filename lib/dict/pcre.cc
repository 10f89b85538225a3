// pcre: tables, whose patterns are those of Perl.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "lib/base/text.h"
#include "lib/dict/patterns.h"
#include "lib/dict/spec.h"
#include "lib/dict/text_file.h"

namespace dict {
namespace {

struct FreeCode {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
    void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};

class PerlMatcher : public Matcher {
  public:
    PerlMatcher(const std::string& pattern, uint32_t options) {
        int error = 0;
        PCRE2_SIZE offset = 0;
        code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                  options, &error, &offset, nullptr));
        if (!code_) {
            PCRE2_UCHAR text[256];
            pcre2_get_error_message(error, text, sizeof text);
            throw config::Error(base::text("error in regex at offset ", offset, ": ",
                                           reinterpret_cast<const char*>(text)));
        }
        // Where the machine has no such compiler the pattern is interpreted.
        pcre2_jit_compile(code_.get(), PCRE2_JIT_COMPLETE);
        pcre2_pattern_info(code_.get(), PCRE2_INFO_CAPTURECOUNT, &groups_);
        found_.reset(pcre2_match_data_create_from_pattern(code_.get(), nullptr));
    }

    Match match(std::string_view key, Captures* captures) const override {
        const char* start = key.empty() ? "" : key.data();
        int count = pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(start), key.size(), 0, 0,
                                found_.get(), nullptr);
        if (count == PCRE2_ERROR_NOMATCH)
            return Match::no;
        if (count < 0)
            return Match::trouble;
        if (captures) {
            captures->clear();
            const PCRE2_SIZE* places = pcre2_get_ovector_pointer(found_.get());
            for (int i = 0; i < count; ++i)
                captures->push_back(
                    places[2 * i] == PCRE2_UNSET
                        ? std::string_view()
                        : key.substr(places[2 * i], places[2 * i + 1] - places[2 * i]));
        }
        return Match::yes;
    }
    size_t groups() const override { return groups_; }

  private:
    std::unique_ptr<pcre2_code, FreeCode> code_;
    std::unique_ptr<pcre2_match_data, FreeMatch> found_;
    uint32_t groups_ = 0;
};

struct Option {
    char letter;
    uint32_t turns;
};

constexpr Option letters[] = {
    {'i', PCRE2_CASELESS}, {'m', PCRE2_MULTILINE}, {'s', PCRE2_DOTALL},
    {'x', PCRE2_EXTENDED}, {'A', PCRE2_ANCHORED},  {'E', PCRE2_DOLLAR_ENDONLY},
    {'U', PCRE2_UNGREEDY},
};

// Each option turns round what holds without it.
std::unique_ptr<Matcher> compile(const std::string& pattern, std::string_view options, bool utf8) {
    uint32_t flags = PCRE2_CASELESS | PCRE2_DOTALL;
    if (utf8)
        flags |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    for (char letter : options)
        for (const Option& option : letters)
            if (option.letter == letter)
                flags ^= option.turns;
    return std::make_unique<PerlMatcher>(pattern, flags);
}

}  // namespace

std::unique_ptr<Table> make_pcre(const Spec& spec) {
    auto parse = [use = spec.use](std::string_view text, const std::string& path) {
        auto compiler = [utf8 = use.utf8](const std::string& pattern, std::string_view options) {
            return compile(pattern, options, utf8);
        };
        const PatternSyntax syntax{"pcre", "imsxAEU", "ignoring", compiler, "X"};
        return parse_patterns(text, path, syntax, use);
    };
    return rule_table(spec, parse);
}

}  // namespace dict
