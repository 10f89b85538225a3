#include "lib/dict/text_file.h"

#include <fcntl.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/dict/braces.h"
#include "lib/dict/table_lines.h"

namespace dict {
namespace {

std::string lines_of(const Spec& spec) {
    std::string lines;
    std::optional<std::string_view> list = inside_braces(spec.name);
    for (const std::string& element : split_braced(list.value_or(std::string_view(spec.name)))) {
        std::optional<std::string_view> rule = inside_braces(element);
        if (!list || !rule)
            throw config::Error(base::text("bad syntax: \"", spec.full, "\"; need \"", spec.type,
                                           ":{{rule} {rule}...}\""));
        base::append(lines, *rule, "\n");
    }
    return lines;
}

}  // namespace

FileTable::Load text_loader(ParseText parse, std::string opening) {
    return [parse = std::move(parse), opening = std::move(opening)](const std::string& path) {
        base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file)
            throw base::SystemError(opening + path);
        FileStamp stamp = FileStamp::of_open(file.get());
        std::string text = read_all(file.get(), path);
        std::unique_ptr<Content> content = parse(text, path);
        return OpenFile{std::move(file), stamp, std::move(content)};
    };
}

std::unique_ptr<Table> rule_table(const Spec& spec, ParseText parse) {
    if (spec.name.starts_with('{'))
        return std::make_unique<FixedTable>(spec.full, parse(lines_of(spec), spec.name));
    return std::make_unique<FileTable>(spec.full, spec.name, text_loader(std::move(parse)),
                                       *spec.rooted);
}

}  // namespace dict
