// Cache remembers answers until their time is over, or until too many others came after them.
#pragma once

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/base/time.h"
#include "lib/dns/message.h"
#include "lib/dns/reading.h"

namespace dns {

class Cache {
  public:
    // With 0 entries nothing is remembered.
    explicit Cache(size_t entries) : most_(entries) {}

    // Until the next call that changes the cache; null when it knows nothing.
    const Reading* find(const Question& question, base::Instant now);
    // For its lifetime from now on; one without a lifetime is not kept.
    void keep(const Question& question, Reading reading, base::Instant now);
    size_t size() const { return places_.size(); }

  private:
    struct Entry {
        std::string key;
        Reading reading;
        base::Instant until;
    };
    using Entries = std::list<Entry>;
    void forget(Entries::iterator entry);

    size_t most_;
    Entries entries_;  // the one asked for last comes first
    std::unordered_map<std::string_view, Entries::iterator> places_;  // the keys are the entries'
};

// What the questions are told apart by.
std::string key_of(const Question& question);

}  // namespace dns
