// A table that is text: a file, read as a whole, or rules in the name itself.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "lib/dict/file_table.h"
#include "lib/dict/spec.h"

namespace dict {

// Parses `text` of the file `path`; faults are warned of.
using ParseText =
    std::function<std::unique_ptr<Content>(std::string_view text, const std::string& path)>;

// `opening` begins the error of a file that cannot be opened.
FileTable::Load text_loader(ParseText parse, std::string opening = "open ");

// Of "type:/path", or of "type:{{rule} {rule}}", where each rule is a line.
std::unique_ptr<Table> rule_table(const Spec& spec, ParseText parse);

}  // namespace dict
