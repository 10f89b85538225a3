// Making tables from their sources.
#pragma once

#include <string>

#include "lib/config/settings.h"
#include "postmap/options.h"

namespace postmap {

// Makes, or with Work::add adds to, the table "type:name". Throws config::Error or
// base::SystemError.
void build(const std::string& table, const Options& options, const config::Settings& settings);

// The type and name of "type:name" or "name".
struct TableName {
    std::string type;
    std::string name;
};
TableName split_name(const std::string& table, const config::Settings& settings);

}  // namespace postmap
