// Maps are the tables of one parameter ("virtual_alias_maps = hash:/a, regexp:/b"), asked in order.
#pragma once

#include <string_view>
#include <vector>

#include "lib/dict/tables.h"

namespace dict {

class Maps {
  public:
    Maps() = default;
    explicit Maps(std::vector<Table*> tables) : tables_(std::move(tables)) {}
    // The tables that `parameter` lists; they live in `tables`. Throws config::Error that names
    // file, line and parameter.
    static Maps of(Tables& tables, const config::Settings& settings, std::string_view parameter,
                   Use use = {});

    bool empty() const { return tables_.empty(); }
    // The first table that knows `key`; one in trouble ends the search.
    io::Task<Lookup> find(std::string_view key, Key kind = Key::whole) const;

  private:
    std::vector<Table*> tables_;
};

}  // namespace dict
