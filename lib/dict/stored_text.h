// Keys and values in database files, which may end in a NUL or not, as those who wrote them chose.
#pragma once

#include <string>
#include <string_view>

#include "lib/dict/content.h"
#include "lib/dict/fold.h"

namespace dict {

// Which forms of a key a file is asked for.
struct KeyForms {
    bool with_nul = true;
    bool without_nul = true;
};

// `stored` without one NUL at its end.
inline std::string_view without_nul(std::string_view stored) {
    return stored.ends_with('\0') ? stored.substr(0, stored.size() - 1) : stored;
}

// Asks `ask(key)` for both forms until one is found; the form that a file has is remembered in
// `forms`, so that one question is enough from then on.
template <class Ask>
auto ask_both(std::string_view key, KeyForms& forms, Ask ask) {
    std::string stored(key);
    if (forms.with_nul) {
        stored.push_back('\0');
        if (auto found = ask(std::string_view(stored))) {
            forms.without_nul = false;
            return found;
        }
        stored.pop_back();
    }
    using Found = decltype(ask(std::string_view(stored)));
    if (!forms.without_nul)
        return Found();
    auto found = ask(std::string_view(stored));
    if (found)
        forms.with_nul = false;
    return found;
}

// What a file answers to `key`, which is folded as the table folds its keys.
template <class Ask>
Answer answer(std::string_view key, Fold folding, KeyForms& forms, Ask ask) {
    auto found = needs_fold(key, folding) ? ask_both(fold(key, folding), forms, ask)
                                          : ask_both(key, forms, ask);
    return found ? Answer::of(std::string(without_nul(*found))) : Answer::none();
}

}  // namespace dict
