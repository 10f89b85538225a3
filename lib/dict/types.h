// The types of tables that there are.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dict/spec.h"

namespace dict {

// The names of the types that can be opened, sorted, for `postconf -m`.
std::vector<std::string> table_types();

// Throws config::Error for a type that there is not, or not yet.
void check_type(std::string_view type);

// This process may not open what a table is read from; another might.
struct NotPermitted : config::Error {
    using config::Error::Error;
};

// Throws config::Error for a type that there is not, or not yet, and where the maker does.
std::unique_ptr<Table> make_table(const Spec& spec);

}  // namespace dict
