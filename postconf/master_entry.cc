#include "postconf/master_entry.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/config/master_cf.h"
#include "lib/config/words.h"
#include "postconf/layout.h"

namespace postconf {

// Where the fields begin when those before them are short enough.
static constexpr size_t columns[] = {0, 11, 17, 25, 33, 41, 49, 57};

std::optional<size_t> field_index(std::string_view name) {
    auto found =
        std::find(std::begin(MasterEntry::field_names), std::end(MasterEntry::field_names), name);
    if (found == std::end(MasterEntry::field_names))
        return std::nullopt;
    return found - std::begin(MasterEntry::field_names);
}

// "name=value", in braces where it has white space.
static std::string option_text(std::string_view name, std::string_view value) {
    std::string text = base::text(name, '=', value);
    bool has_space = text.find_first_of(" \t\r\n") != text.npos;
    return has_space ? '{' + text + '}' : text;
}

// The words of a command line as they are kept.
static std::vector<std::string> command_words(std::string_view text, size_t& options_end) {
    std::vector<std::string> kept;
    bool in_options = true;
    config::Words words(text);
    kept.emplace_back(words.field("command"));
    options_end = 1;
    while (!words.empty()) {
        std::string_view word = words.next();
        in_options = in_options && word.starts_with('-');
        if (in_options && word.starts_with("-o")) {
            std::string_view setting = word.substr(2);
            if (setting.empty() && words.empty())
                throw config::BadLine("expected name=value after -o, found nothing");
            if (setting.empty())
                setting = config::without_braces(words.next());
            auto [name, value] = config::parse_override(setting);
            kept.push_back("-o");
            kept.push_back(option_text(name, value));
        } else if (word.starts_with('{')) {
            kept.push_back(base::text('{', config::without_braces(word), '}'));
        } else {
            kept.emplace_back(word);
        }
        if (in_options)
            options_end = kept.size();
    }
    return kept;
}

MasterEntry MasterEntry::parse(std::string_view line) {
    MasterEntry entry;
    config::Words words(line);
    const char* last = nullptr;
    for (size_t i = 0; i < entry.fields_.size(); i++) {
        std::string_view field = words.field(field_names[i]);
        entry.fields_[i] = field;
        last = field.data() + field.size();
    }
    std::string_view rest(last, static_cast<size_t>(line.data() + line.size() - last));
    entry.words_ = command_words(rest, entry.options_end_);
    return entry;
}

void MasterEntry::add_field(std::string& line, size_t index, bool folded) const {
    if (index < fields_.size())
        line += fields_[index];
    else
        add_command(line, folded, 0);
}

void MasterEntry::set_field(size_t index, std::string_view value) {
    MasterEntry changed = *this;
    if (index < fields_.size())
        changed.fields_[index] = value;
    else
        changed.words_ = command_words(value, changed.options_end_);
    std::string line = changed.line(false);
    config::MasterCf::parse(line, "master.cf");
    *this = parse(line);
}

std::optional<size_t> MasterEntry::find_parameter(std::string_view name) const {
    for (size_t i = 1; i < options_end_; i++) {
        if (words_[i] != "-o")
            continue;
        std::string_view setting = config::without_braces(words_[++i]);
        if (base::trim(setting.substr(0, setting.find('='))) == name)
            return i;
    }
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> MasterEntry::parameters() const {
    std::vector<std::pair<std::string, std::string>> all;
    for (size_t i = 1; i < options_end_; i++)
        if (words_[i] == "-o")
            all.push_back(config::parse_override(config::without_braces(words_[++i])));
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return all;
}

void MasterEntry::set_parameter(std::string_view name, std::string_view value) {
    std::string text = option_text(name, value);
    if (std::optional<size_t> at = find_parameter(name)) {
        words_[*at] = text;
        return;
    }
    auto end = words_.begin() + static_cast<std::ptrdiff_t>(options_end_);
    words_.insert(words_.insert(end, text), "-o");
    options_end_ += 2;
}

void MasterEntry::remove_parameter(std::string_view name) {
    while (std::optional<size_t> at = find_parameter(name)) {
        auto value = words_.begin() + static_cast<std::ptrdiff_t>(*at);
        words_.erase(value - 1, value + 1);
        options_end_ -= 2;
    }
}

std::string MasterEntry::line(bool folded) const {
    std::string line;
    for (size_t i = 0; i < fields_.size(); i++) {
        line += fields_[i];
        line.append(line.size() < columns[i + 1] ? columns[i + 1] - line.size() : 1, ' ');
    }
    add_command(line, folded, 1);
    return line + '\n';
}

void MasterEntry::add_command(std::string& line, bool folded, size_t margin) const {
    line += words_.front();
    bool behind_option = false;
    for (size_t i = 1; i < words_.size(); i++) {
        bool is_option = i < options_end_ && words_[i] == "-o";
        std::string word = is_option ? words_[i] + ' ' + words_[i + 1] : words_[i];
        if (folded && (is_option || behind_option))
            base::append(line, "\n    ", word);
        else
            add_word(line, word, folded, margin);
        behind_option = is_option;
        i += is_option;
    }
}

}  // namespace postconf
