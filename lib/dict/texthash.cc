// texthash: tables, which are read from their source.
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/dict/hashed.h"
#include "lib/dict/source.h"
#include "lib/dict/spec.h"
#include "lib/dict/table_lines.h"
#include "lib/dict/text_file.h"

namespace dict {

std::unique_ptr<Table> make_texthash(const Spec& spec) {
    const Destinations* destinations = spec.destinations;
    auto parse = [use = spec.use, destinations](std::string_view text, const std::string& path) {
        Source source = Source::read(text, path, {use.folding(), use.utf8});
        source.resolve(Repeated::warn, destinations, path, [&path](const Source::Entry& entry) {
            base::log::warning(
                base::text(where(path, entry.line), ": duplicate entry: \"", entry.key, '"'));
        });
        Entries entries;
        entries.reserve(source.entries().size());
        for (const Source::Entry& entry : source.entries())
            entries.emplace(entry.key, entry.value);
        return std::make_unique<Hashed>(std::move(entries), use.folding());
    };
    return std::make_unique<FileTable>(spec.full, spec.name, text_loader(parse, "open database "),
                                       *spec.rooted);
}

}  // namespace dict
