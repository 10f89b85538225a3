// Content is what a local table holds once it is open: asked in place, without waiting.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "lib/dict/table.h"

namespace dict {

struct Answer {
    // busy: somebody is writing to the file and holds its lock; worth asking again in a moment.
    // changed: somebody wrote into the file since it was opened; it must be opened anew.
    enum class State : uint8_t { known, busy, changed };

    State state = State::known;
    Lookup lookup;

    static Answer none() { return {}; }
    static Answer of(std::string value) { return {State::known, Lookup::of(std::move(value))}; }
    static Answer later(std::string why) { return {State::known, Lookup::later(std::move(why))}; }
};

class Content {
  public:
    virtual ~Content() = default;
    Content() = default;
    Content(const Content&) = delete;
    Content& operator=(const Content&) = delete;

    virtual Answer get(std::string_view key, Key kind) = 0;
    virtual bool each(const Table::Visit&) { return false; }
    virtual void release_lock() {}
};

// A table without a file of its own: its content never changes.
class FixedTable : public Table {
  public:
    FixedTable(std::string name, std::unique_ptr<Content> content)
        : Table(std::move(name)), content_(std::move(content)) {}

    io::Task<Lookup> look_up(std::string_view key, Key kind) override {
        co_return content_->get(key, kind).lookup;
    }
    bool each(const Visit& visit) override { return content_->each(visit); }

  private:
    std::unique_ptr<Content> content_;
};

}  // namespace dict
