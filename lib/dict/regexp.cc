// regexp: tables, whose patterns are POSIX regular expressions.
#include <regex.h>

#include "lib/dict/patterns.h"
#include "lib/dict/spec.h"
#include "lib/dict/text_file.h"

namespace dict {
namespace {

class PosixMatcher : public Matcher {
  public:
    PosixMatcher(const std::string& pattern, int flags) {
        if (int error = ::regcomp(&regex_, pattern.c_str(), flags)) {
            char text[256];
            ::regerror(error, &regex_, text, sizeof text);
            throw config::Error(text);
        }
    }
    ~PosixMatcher() override { ::regfree(&regex_); }

    Match match(std::string_view key, Captures* captures) const override {
        // An empty view may have no data at all.
        const char* start = key.empty() ? "" : key.data();
        found_.resize(captures ? regex_.re_nsub + 1 : 1);
        found_[0] = {0, static_cast<regoff_t>(key.size())};
        int error = ::regexec(&regex_, start, found_.size(), found_.data(), REG_STARTEND);
        if (error == REG_NOMATCH)
            return Match::no;
        if (error != 0)
            return Match::trouble;
        if (captures) {
            captures->clear();
            for (const regmatch_t& one : found_)
                captures->push_back(one.rm_so < 0
                                        ? std::string_view()
                                        : key.substr(static_cast<size_t>(one.rm_so),
                                                     static_cast<size_t>(one.rm_eo - one.rm_so)));
        }
        return Match::yes;
    }
    size_t groups() const override { return regex_.re_nsub; }

  private:
    regex_t regex_;
    mutable std::vector<regmatch_t> found_;  // room, kept from match to match
};

// Each option turns round what holds without it.
std::unique_ptr<Matcher> compile(const std::string& pattern, std::string_view options) {
    int flags = REG_EXTENDED | REG_ICASE;
    for (char option : options)
        flags ^= option == 'i' ? REG_ICASE : option == 'm' ? REG_NEWLINE : REG_EXTENDED;
    return std::make_unique<PosixMatcher>(pattern, flags);
}

}  // namespace

std::unique_ptr<Table> make_regexp(const Spec& spec) {
    auto parse = [use = spec.use](std::string_view text, const std::string& path) {
        static const PatternSyntax syntax{"regexp", "imx", "skipping", compile};
        return parse_patterns(text, path, syntax, use);
    };
    return rule_table(spec, parse);
}

}  // namespace dict
