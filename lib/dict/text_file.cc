#include "lib/dict/text_file.h"

#include <fcntl.h>

#include "lib/base/error.h"
#include "lib/dict/table_lines.h"

namespace dict {

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

}  // namespace dict
