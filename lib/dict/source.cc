#include "lib/dict/source.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/fold.h"
#include "lib/dict/key_value.h"

namespace dict {

std::string_view Source::kept(std::string_view part) {
    bool in_text = !std::less<>()(part.data(), text_.data()) &&
                   !std::less<>()(text_.data() + text_.size(), part.data() + part.size());
    return in_text ? part : std::string_view(owned_.emplace_back(part));
}

Source Source::read(std::string_view text, const std::string& file, Format format) {
    Source source(text);
    TableLines lines(text, file);
    while (std::optional<TableLines::Line> line = lines.next()) {
        if (format.utf8 && !valid_utf8(line->text)) {
            warn_not_utf8(where(file, line->number), line->text);
            continue;
        }
        std::optional<KeyValue> entry = split_key_value(*line, file, format.ending);
        if (!entry)
            continue;
        std::string_view key = source.kept(entry->key);
        if (needs_fold(key, format.folding))
            key = source.owned_.emplace_back(fold(key, format.folding));
        source.entries_.push_back({key, source.kept(entry->value), line->number});
    }
    return source;
}

void warn_not_utf8(std::string_view where, std::string_view line) {
    base::log::warning(base::text(where, ": non-UTF-8 input \"", base::printable(line),
                                  "\" -- ignoring this line"));
}

void Source::add(std::string_view key, std::string_view value, size_t line) {
    entries_.push_back({kept(key), kept(value), line});
}

Source::Entry Source::settle(const std::vector<Entry>& group, Repeated repeated,
                             const Destinations* destinations, const std::string& file,
                             std::vector<Entry>& superfluous, const TellJoined& tell_joined) {
    if (repeated == Repeated::replace)
        return group.back();
    std::vector<std::string> values;
    for (const Entry& entry : group)
        values.emplace_back(entry.value);
    std::string list = destinations != nullptr && repeated == Repeated::warn
                           ? destinations->joined(values)
                           : std::string();
    if (list.empty()) {
        superfluous.insert(superfluous.end(), group.begin() + 1, group.end());
        return group.front();
    }
    tell_joined(base::text(where(file, group.back().line), ": ", group.size(), " entries of \"",
                           group.front().key, "\" make one list of destinations: ", list));
    return {group.front().key, owned_.emplace_back(std::move(list)), group.front().line};
}

void Source::resolve(Repeated repeated, const Destinations* destinations, const std::string& file,
                     const Tell& tell, const TellJoined& tell_joined) {
    std::ranges::stable_sort(entries_, {}, &Entry::key);
    std::vector<Entry> superfluous;
    size_t written = 0;
    for (size_t i = 0; i < entries_.size();) {
        size_t end = i + 1;
        while (end < entries_.size() && entries_[end].key == entries_[i].key)
            ++end;
        entries_[written++] = end == i + 1
                                  ? entries_[i]
                                  : settle({entries_.begin() + static_cast<ptrdiff_t>(i),
                                            entries_.begin() + static_cast<ptrdiff_t>(end)},
                                           repeated, destinations, file, superfluous, tell_joined);
        i = end;
    }
    entries_.resize(written);
    std::ranges::stable_sort(superfluous, {}, &Entry::line);
    if (repeated == Repeated::warn)
        for (const Entry& entry : superfluous)
            tell(entry);
}

}  // namespace dict
