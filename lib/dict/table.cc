#include "lib/dict/table.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/fold.h"

namespace dict {

io::Task<Lookup> Table::find(std::string_view key, Key kind) {
    return utf8_ && !valid_utf8(key) ? refused(key) : look_up(key, kind);
}

io::Task<Lookup> Table::refused(std::string_view key) const {
    warn_of_key(name_, key);
    co_return Lookup();
}

void warn_of_key(std::string_view table, std::string_view key) {
    base::log::warning(base::text(table, ": non-UTF-8 key \"", base::printable(key),
                                  "\": malformed UTF-8 or invalid codepoint"));
}

}  // namespace dict
