// Tables are the lookup tables of a process, each opened once and shared by all who name it.
//
// A table whose file was rebuilt is opened anew within a second; one that does not load then stays
// as it was, with a warning.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/table.h"

namespace dict {

// How a parameter uses its tables.
struct Use {
    bool fold = true;           // keys are compared without regard to case
    bool substitutions = true;  // $1 in regexp and pcre values; refused where it would be a hole
    bool operator<=>(const Use&) const = default;
};

class Tables {
  public:
    // `proxy` outlives this; null for programs that ask nobody, where such tables answer retry.
    explicit Tables(const config::Settings& settings, Proxy* proxy = nullptr);
    ~Tables();
    Tables(const Tables&) = delete;
    Tables& operator=(const Tables&) = delete;

    // The table of "type:name" ("name": of default_database_type), owned here. Throws
    // config::Error for an unknown type, bad syntax, or a file that cannot be opened or read.
    Table& open(std::string_view name, Use use = {});

    // The files behind all open tables, as they are watched for changes.
    std::vector<std::string> files() const;

  private:
    struct Open;
    std::map<std::pair<std::string, Use>, std::unique_ptr<Open>> open_;
    Proxy* proxy_;
    std::string default_type_;
};

}  // namespace dict
