// The types that are made of other tables or of a choice of values: unionmap:, pipemap:, randmap:.
#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/dict/braces.h"
#include "lib/dict/content.h"
#include "lib/dict/spec.h"
#include "lib/dict/tables.h"

namespace dict {
namespace {

// The elements in the braces of "type:{…}".
std::vector<std::string> elements_of(const Spec& spec, std::string_view form) {
    std::vector<std::string> elements;
    if (std::optional<std::string_view> list = inside_braces(spec.name))
        elements = split_braced(*list);
    if (elements.empty())
        throw config::Error(
            base::text("bad syntax: \"", spec.full, "\"; need \"", spec.type, ":{", form, "}\""));
    return elements;
}

std::vector<Table*> tables_of(const Spec& spec) {
    constexpr std::string_view form = "type:name...";
    std::vector<Table*> list;
    for (const std::string& element : elements_of(spec, form)) {
        if (element.find(':') == std::string::npos)
            throw config::Error(base::text("bad syntax: \"", spec.full, "\"; need \"", spec.type,
                                           ":{", form, "}\""));
        list.push_back(&spec.tables->open(element, spec.use));
    }
    return list;
}

// All that any of the tables says, joined by commas.
class Union : public Table {
  public:
    Union(std::string name, std::vector<Table*> tables)
        : Table(std::move(name)), tables_(std::move(tables)) {}

    io::Task<Lookup> look_up(std::string_view key, Key kind) override {
        Lookup all;
        for (Table* table : tables_) {
            Lookup one = co_await table->find(key, kind);
            if (one.retry())
                co_return one;
            if (!one.found())
                continue;
            if (all.found())
                base::append(all.value, ",", one.value);
            else
                all = std::move(one);
        }
        co_return all;
    }

  private:
    std::vector<Table*> tables_;
};

// What a table says is what the next is asked.
class Pipe : public Table {
  public:
    Pipe(std::string name, std::vector<Table*> tables)
        : Table(std::move(name)), tables_(std::move(tables)) {}

    io::Task<Lookup> look_up(std::string_view key, Key kind) override {
        Lookup last = Lookup::of(std::string(key));
        for (Table* table : tables_) {
            std::string question = std::move(last.value);
            Lookup answer = co_await table->find(question, kind);
            if (!answer.found())
                co_return answer;
            last = std::move(answer);
            kind = Key::whole;
        }
        co_return last;
    }

  private:
    std::vector<Table*> tables_;
};

class Random : public Content {
  public:
    explicit Random(std::vector<std::string> values) : values_(std::move(values)) {}
    Answer get(std::string_view, Key) override {
        return Answer::of(values_[base::random_number() % values_.size()]);
    }

  private:
    std::vector<std::string> values_;
};

}  // namespace

std::unique_ptr<Table> make_unionmap(const Spec& spec) {
    return std::make_unique<Union>(spec.full, tables_of(spec));
}

std::unique_ptr<Table> make_pipemap(const Spec& spec) {
    return std::make_unique<Pipe>(spec.full, tables_of(spec));
}

std::unique_ptr<Table> make_randmap(const Spec& spec) {
    std::vector<std::string> values = elements_of(spec, "value...");
    return std::make_unique<FixedTable>(spec.full, std::make_unique<Random>(std::move(values)));
}

}  // namespace dict
