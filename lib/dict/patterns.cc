#include "lib/dict/patterns.h"

#include <optional>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/dict/table_lines.h"

namespace dict {
namespace {

bool is_alnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void skip_space(std::string_view& text) {
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
}

// What makes a rule be left out.
struct Fault : config::Error {
    using config::Error::Error;
};

class Parser {
  public:
    Parser(const std::string& path, const PatternSyntax& syntax, Use use)
        : name_(base::text(syntax.type, " map ", path)), syntax_(syntax), use_(use) {}

    void line(std::string_view text, size_t number);
    std::unique_ptr<Rules> finish() { return std::make_unique<Rules>(name_, std::move(rules_)); }

  private:
    void warn(std::string_view what) const {
        base::log::warning(base::text(name_, ", line ", number_, ": ", what));
    }
    void match_rule(std::string_view text);
    void begin_if(std::string_view text);
    void end_if(std::string_view text);
    void pattern(std::string_view& text, Rule& rule) const;
    Template value_of(std::string_view text, const Rule& rule) const;

    std::string name_;
    const PatternSyntax& syntax_;
    Use use_;
    std::vector<Rule> rules_;
    size_t number_ = 0;
    size_t depth_ = 0;
};

// "!/pattern/options" off the front of `text`.
void Parser::pattern(std::string_view& text, Rule& rule) const {
    for (skip_space(text); text.starts_with('!'); skip_space(text)) {
        rule.negated = !rule.negated;
        text.remove_prefix(1);
    }
    if (text.empty())
        throw Fault("no regexp: skipping this rule");
    char delimiter = text.front();
    size_t end = 1;
    while (end < text.size() && text[end] != delimiter)
        end += text[end] == '\\' && end + 1 < text.size() ? 2 : 1;
    if (end >= text.size())
        throw Fault(base::text("no closing regexp delimiter \"", delimiter,
                               "\": ", syntax_.unclosed_ending, " this rule"));
    std::string pattern(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    size_t options = 0;
    for (; options < text.size() && !is_space(text[options]); ++options) {
        if (syntax_.obsolete.find(text[options]) != std::string::npos)
            warn(base::text("ignoring obsolete regexp option \"", text[options], '"'));
        else if (syntax_.options.find(text[options]) == std::string::npos)
            throw Fault(
                base::text("unknown regexp option \"", text[options], "\": skipping this rule"));
    }
    rule.matcher = syntax_.compile(pattern, text.substr(0, options));
    text.remove_prefix(options);
    skip_space(text);
}

Template Parser::value_of(std::string_view text, const Rule& rule) const {
    if (text.empty())
        warn("no replacement text: using empty string");
    Template value;
    try {
        value = Template::parse(text);
    } catch (const config::Error& error) {
        if (std::string_view(error.what()).find("replacement index") != std::string_view::npos)
            warn(error.what());
        else
            base::log::warning(error.what());
        throw Fault("bad replacement syntax: skipping this rule");
    }
    if (value.highest_group > 0 && !use_.substitutions)
        throw Fault("regular expression substitution is not allowed: skipping this rule");
    if (value.highest_group > 0 && rule.negated)
        throw Fault("$number found in negative match replacement text: skipping this rule");
    if (value.highest_group > rule.matcher->groups())
        throw Fault(base::text("out of range replacement index \"", value.highest_group,
                               "\": skipping this rule"));
    return value;
}

void Parser::match_rule(std::string_view text) {
    Rule rule;
    pattern(text, rule);
    rule.value = value_of(text, rule);
    rule.line = number_;
    rules_.push_back(std::move(rule));
}

void Parser::begin_if(std::string_view text) {
    Rule rule;
    rule.kind = Rule::Kind::begin_if;
    pattern(text, rule);
    if (!text.empty()) {
        warn(base::text("ignoring extra text after IF statement: \"", text, '"'));
        warn("do not prepend whitespace to statements between IF and ENDIF");
    }
    rule.line = number_;
    rules_.push_back(std::move(rule));
    ++depth_;
}

void Parser::end_if(std::string_view text) {
    skip_space(text);
    if (!text.empty())
        warn("ignoring extra text after ENDIF");
    if (depth_ == 0)
        return warn("ignoring ENDIF without matching IF");
    --depth_;
    Rule rule;
    rule.kind = Rule::Kind::end_if;
    rule.line = number_;
    rules_.push_back(std::move(rule));
}

bool is_word(std::string_view text, std::string_view word) {
    return base::starts_nocase(text, word) &&
           (text.size() == word.size() || !is_alnum(text[word.size()]));
}

void Parser::line(std::string_view text, size_t number) {
    number_ = number;
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    skip_space(text);
    try {
        if (text.empty() || !is_alnum(text.front()))
            match_rule(text);
        else if (is_word(text, "if"))
            begin_if(text.substr(2));
        else if (is_word(text, "endif"))
            end_if(text.substr(5));
        else
            warn("ignoring unrecognized request");
    } catch (const config::Error& error) {
        warn(error.what());
    }
}

}  // namespace

std::unique_ptr<Rules> parse_patterns(std::string_view text, const std::string& path,
                                      const PatternSyntax& syntax, Use use) {
    Parser parser(path, syntax, use);
    TableLines lines(text, path);
    while (std::optional<TableLines::Line> line = lines.next())
        parser.line(line->text, line->number);
    return parser.finish();
}

}  // namespace dict
