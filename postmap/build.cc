#include "postmap/build.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <optional>

#include "lib/base/base64.h"
#include "lib/base/error.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/values.h"
#include "lib/dict/destinations.h"
#include "lib/dict/edit.h"
#include "lib/dict/fold.h"
#include "lib/dict/table_lines.h"
#include "lib/dict/types.h"
#include "lib/dict/use.h"
#include "postmap/alias_source.h"
#include "postmap/owner.h"

namespace postmap {
namespace {

const dict::DatabaseType& type_of(const TableName& table) {
    if (const dict::DatabaseType* type = dict::find_database_type(table.type))
        return *type;
    dict::check_type(table.type);
    throw config::Error(base::text("unsupported dictionary type: ", table.type,
                                   " does not support bulk-mode creation."));
}

// Where the entries come from, as text.
struct Input {
    std::string text;
    std::string name;
    struct stat state {};
};

Input read_input(const TableName& table, bool from_stdin) {
    Input input;
    input.name = from_stdin ? "stdin" : table.name;
    base::Fd file(from_stdin ? ::dup(STDIN_FILENO)
                             : ::open(table.name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        throw base::SystemError("open " + table.name);
    if (::fstat(file.get(), &input.state) != 0)
        throw base::SystemError("read " + table.name);
    input.text = dict::read_all(file.get(), table.name);
    return input;
}

// The files that `names` lists, with a newline between them, in base64.
std::string content_of(std::string_view names) {
    std::string content;
    bool first = true;
    for (std::string_view name : base::split(names, ", \t\r\n")) {
        base::Fd file(::open(std::string(name).c_str(), O_RDONLY | O_CLOEXEC));
        if (!file)
            throw base::SystemError(base::text("open ", name));
        content += first ? "" : "\n";
        content += dict::read_all(file.get(), std::string(name));
        first = false;
    }
    return base::to_base64(content);
}

void replace_by_files(dict::Source& source, const std::string& file) {
    std::vector<dict::Source::Entry> kept;
    for (const dict::Source::Entry& entry : source.entries()) {
        try {
            kept.push_back({entry.key, source.keep(content_of(entry.value)), entry.line});
        } catch (const base::SystemError& error) {
            base::log::warning(base::text(dict::where(file, entry.line), ": ", error.what(),
                                          ": skipping this entry"));
        }
    }
    source.entries() = std::move(kept);
}

dict::Source read_aliases(const Input& input, dict::Use use) {
    dict::Source source(input.text);
    dict::TableLines lines(input.text, input.name);
    while (std::optional<dict::TableLines::Line> line = lines.next()) {
        const std::string where = dict::where(input.name, line->number);
        if (use.utf8 && !dict::valid_utf8(line->text)) {
            dict::warn_not_utf8(where, line->text);
            continue;
        }
        if (std::optional<Alias> alias = parse_alias(line->text, where))
            source.add(dict::fold(alias->name, use.folding()), alias->value, line->number);
    }
    return source;
}

// What other mail systems on the machine expect of such a file.
void add_signatures(dict::Source& source, const config::Settings& settings) {
    source.add("@", "@", 0);
    source.add("YP_LAST_MODIFIED", base::text(::time(nullptr)), 0);
    source.add("YP_MASTER_NAME", settings.value("myhostname"), 0);
}

dict::EditOptions edit_options(const dict::DatabaseType& type, const Options& options,
                               const config::Settings& settings, const Input& input) {
    dict::EditOptions edit;
    edit.repeated = options.repeated;
    edit.database.nul = options.nul.value_or(type.nul);
    auto bytes = [&settings](const char* name, size_t fallback) {
        return static_cast<size_t>(
            config::parse_size(settings.value(name)).value_or(static_cast<int64_t>(fallback)));
    };
    edit.database.cache_bytes = bytes("berkeley_db_create_buffer_size", 16 << 20);
    edit.database.map_bytes = bytes("lmdb_map_size", 16 << 20);
    if (!options.plain_mode && S_ISREG(input.state.st_mode))
        edit.mode = 0600 | (0644 & input.state.st_mode & 077);
    return edit;
}

}  // namespace

TableName split_name(const std::string& table, const config::Settings& settings) {
    size_t colon = table.find(':');
    if (colon == table.npos)
        return {settings.value("default_database_type"), table};
    return {table.substr(0, colon), table.substr(colon + 1)};
}

void build(const std::string& table, const Options& options, const config::Settings& settings) {
    TableName named = split_name(table, settings);
    Input input = read_input(named, options.work == Work::add);
    const dict::DatabaseType& type = type_of(named);
    if (options.work == Work::add && !type.edited)
        throw config::Error(base::text(table, ": entries cannot be added to tables of type ",
                                       named.type, "; make it anew"));
    const std::string file = named.name + std::string(type.suffix);
    std::optional<OwnerRights> rights;
    if (!options.keep_root && S_ISREG(input.state.st_mode) && !only_root_may_replace(file))
        rights.emplace(input.state);
    dict::Use use;
    use.fold = options.fold;
    use.utf8 = options.utf8 && settings.flag("smtputf8_enable");
    dict::Source source =
        options.aliases ? read_aliases(input, use)
                        : dict::Source::read(input.text, input.name, {use.folding(), use.utf8, ""});
    if (options.files)
        replace_by_files(source, input.name);
    dict::Source signatures("");
    if (options.aliases)
        add_signatures(options.work == Work::add ? signatures : source, settings);
    auto tell = [&file](const dict::Source::Entry& entry) {
        base::log::warning(base::text(file, ": duplicate entry: \"", entry.key, '"'));
    };
    dict::Destinations destinations = dict::Destinations::of(settings);
    source.resolve(options.repeated, options.aliases ? nullptr : &destinations, input.name, tell);
    dict::EditOptions edit = edit_options(type, options, settings, input);
    if (options.work != Work::add)
        return dict::build_database(type, named.name, source.entries(), edit);
    dict::add_to_database(type, named.name, source.entries(), edit, tell);
    edit.repeated = dict::Repeated::replace;
    if (options.aliases)
        dict::add_to_database(type, named.name, signatures.entries(), edit, tell);
}

}  // namespace postmap
