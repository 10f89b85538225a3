#include "lib/route/trace.h"

#include "lib/dict/braces.h"

namespace route {

// A table that tells what it was asked and what it said.
class Trace::Listening : public dict::Table {
  public:
    Listening(Trace& trace, std::string_view parameter, dict::Table& table)
        : Table(table.name()), trace_(trace), parameter_(parameter), table_(table) {}

  protected:
    io::Task<dict::Lookup> look_up(std::string_view key, dict::Key kind) override {
        dict::Lookup answer = co_await table_.find(key, kind);
        trace_.note({parameter_, name(), std::string(key), answer});
        co_return answer;
    }

  private:
    Trace& trace_;
    std::string parameter_;
    dict::Table& table_;
};

Trace::Trace() = default;
Trace::~Trace() = default;

void Trace::note(std::string_view parameter, std::string_view value) {
    note({std::string(parameter), "", "", dict::Lookup::of(std::string(value))});
}

dict::Maps Trace::listen(dict::Tables& tables, const config::Settings& settings,
                         std::string_view parameter, dict::Use use) {
    dict::Maps::of(tables, settings, parameter, use);  // throws of what cannot be opened
    std::vector<dict::Table*> list;
    for (const std::string& element : dict::split_braced(settings.value(parameter))) {
        tables_.push_back(std::make_unique<Listening>(*this, parameter, tables.open(element, use)));
        list.push_back(tables_.back().get());
    }
    return dict::Maps(std::move(list));
}

dict::Maps maps_of(Trace* trace, dict::Tables& tables, const config::Settings& settings,
                   std::string_view parameter, dict::Use use) {
    return trace != nullptr ? trace->listen(tables, settings, parameter, use)
                            : dict::Maps::of(tables, settings, parameter, use);
}

}  // namespace route
