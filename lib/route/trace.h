// Trace is what a Router asked, in order, for a command that explains the answer.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "lib/dict/maps.h"

namespace route {

class Trace {
  public:
    struct Asked {
        std::string parameter;  // of main.cf
        std::string table;      // "hash:/etc/postfix/transport"; "" for a list or a plain value
        std::string key;        // "" where the parameter is its own answer
        dict::Lookup answer;
    };

    Trace();
    ~Trace();
    Trace(const Trace&) = delete;
    Trace& operator=(const Trace&) = delete;

    const std::vector<Asked>& asked() const { return asked_; }
    void clear() { asked_.clear(); }
    void note(Asked asked) { asked_.push_back(std::move(asked)); }
    // A parameter that is its own answer.
    void note(std::string_view parameter, std::string_view value);

    // What Maps::of gives, in tables that tell this trace what they are asked.
    dict::Maps listen(dict::Tables& tables, const config::Settings& settings,
                      std::string_view parameter, dict::Use use);

  private:
    class Listening;
    std::vector<Asked> asked_;
    std::vector<std::unique_ptr<Listening>> tables_;
};

// The tables of a parameter; with a trace, which may be null, it hears of every key.
dict::Maps maps_of(Trace* trace, dict::Tables& tables, const config::Settings& settings,
                   std::string_view parameter, dict::Use use = {});

}  // namespace route
