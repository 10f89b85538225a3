#include "lib/dict/maps.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/dict/braces.h"

namespace dict {

Maps Maps::of(Tables& tables, const config::Settings& settings, std::string_view parameter,
              Use use) {
    std::vector<Table*> list;
    std::vector<std::string> problems;
    for (const std::string& element : split_braced(settings.value(parameter))) {
        try {
            list.push_back(&tables.open(element, use));
        } catch (const config::Error& error) {
            problems.push_back(
                base::text(settings.where(parameter), ": ", parameter, ": ", error.what()));
        }
    }
    if (!problems.empty())
        throw config::Error(std::move(problems));
    return Maps(std::move(list));
}

io::Task<Lookup> Maps::find(std::string_view key, Key kind) const {
    for (Table* table : tables_) {
        Lookup lookup = co_await table->find(key, kind);
        if (lookup.none())
            continue;
        lookup.table = table->name();
        if (lookup.found() && lookup.value.empty()) {
            std::string trouble =
                base::text("table ", table->name(), ": key ", base::printable(key),
                           ": empty lookup result is not allowed");
            base::log::warning(trouble);
            base::log::warning(base::text("table ", table->name(),
                                          " should return NO RESULT in case of NOT FOUND"));
            lookup = Lookup::later(std::move(trouble));
        }
        co_return lookup;
    }
    co_return Lookup();
}

}  // namespace dict
