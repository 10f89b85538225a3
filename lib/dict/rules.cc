#include "lib/dict/rules.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"

namespace dict {
namespace {

bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Where the bracket is closed that `rest` begins with; npos where it is not.
size_t end_of_name(std::string_view rest, char open, char close) {
    size_t depth = 0;
    for (size_t i = 0; i < rest.size(); ++i) {
        depth += rest[i] == open ? 1 : 0;
        if (rest[i] == close && --depth == 0)
            return i;
    }
    return rest.npos;
}

// Takes the name behind a '$' off the front of `rest`.
std::string_view take_name(std::string_view& rest) {
    std::string_view all = rest;
    char open = rest.empty() ? '\0' : rest.front();
    if (open != '{' && open != '(') {
        size_t end = 0;
        while (end < rest.size() && is_word(rest[end]))
            ++end;
        rest.remove_prefix(end);
        if (end == 0)
            throw config::Error("empty macro name: \"$\"");
        return all.substr(0, end);
    }
    size_t end = end_of_name(rest, open, open == '{' ? '}' : ')');
    if (end == rest.npos)
        throw config::Error(base::text("truncated macro reference: \"$", rest, '"'));
    rest.remove_prefix(end + 1);
    if (end == 1)
        throw config::Error(base::text("empty macro name: \"$", all.substr(0, 2), '"'));
    return all.substr(1, end - 1);
}

}  // namespace

Template Template::parse(std::string_view value) {
    Template result;
    std::string text;
    while (!value.empty()) {
        size_t dollar = value.find('$');
        text += value.substr(0, dollar);
        value.remove_prefix(std::min(dollar, value.size()));
        if (value.empty())
            break;
        value.remove_prefix(1);
        if (value.starts_with('$')) {
            text += '$';
            value.remove_prefix(1);
            continue;
        }
        std::string_view name = take_name(value);
        std::optional<size_t> group = base::number<size_t>(name);
        if (!group)
            throw config::Error(base::text("non-numeric replacement index \"", name, '"'));
        if (*group == 0)
            throw config::Error("out of range replacement index \"0\"");
        if (!text.empty())
            result.parts.push_back({std::move(text), 0});
        text.clear();
        result.parts.push_back({{}, *group});
        result.highest_group = std::max(result.highest_group, *group);
    }
    if (!text.empty())
        result.parts.push_back({std::move(text), 0});
    return result;
}

std::string Template::fill(const Captures& captures) const {
    std::string value;
    for (const Part& part : parts) {
        if (part.group == 0)
            value += part.text;
        else if (part.group < captures.size())
            value += captures[part.group];
    }
    return value;
}

Rules::Rules(std::string name, std::vector<Rule> rules)
    : name_(std::move(name)), rules_(std::move(rules)) {
    std::vector<size_t> open;
    for (size_t i = 0; i < rules_.size(); ++i) {
        if (rules_[i].kind == Rule::Kind::begin_if)
            open.push_back(i);
        if (rules_[i].kind == Rule::Kind::end_if) {
            rules_[open.back()].end = i + 1;
            open.pop_back();
        }
    }
    for (; !open.empty(); open.pop_back()) {
        rules_[open.back()].end = rules_.size();
        base::log::warning(
            base::text(name_, ", line ", rules_[open.back()].line, ": IF has no matching ENDIF"));
    }
}

Answer Rules::get(std::string_view key, Key kind) {
    if (kind == Key::part)
        return Answer::none();
    Captures captures;
    for (size_t i = 0; i < rules_.size();) {
        const Rule& rule = rules_[i];
        size_t next = i + 1;
        if (rule.kind == Rule::Kind::end_if) {
            i = next;
            continue;
        }
        bool wants = rule.kind == Rule::Kind::match && rule.value.highest_group > 0;
        Matcher::Match match = rule.matcher->match(key, wants ? &captures : nullptr);
        if (match == Matcher::Match::trouble)
            return Answer::later(
                base::text(name_, ", line ", rule.line, ": matching took too much"));
        bool applies = (match == Matcher::Match::yes) != rule.negated;
        if (applies && rule.kind == Rule::Kind::match)
            return Answer::of(rule.value.fill(captures));
        i = applies || rule.kind == Rule::Kind::match ? next : rule.end;
    }
    return Answer::none();
}

}  // namespace dict
