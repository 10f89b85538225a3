// A table whose file is text, read as a whole.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "lib/dict/file_table.h"

namespace dict {

// Parses `text` of the file `path`; faults are warned of.
using ParseText =
    std::function<std::unique_ptr<Content>(std::string_view text, const std::string& path)>;

// `opening` begins the error of a file that cannot be opened.
FileTable::Load text_loader(ParseText parse, std::string opening = "open ");

}  // namespace dict
