#include "lib/dns/cache.h"

#include "lib/base/text.h"

namespace dns {

std::string key_of(const Question& question) {
    return base::text(static_cast<uint16_t>(question.type), ' ', question.name);
}

void Cache::forget(Entries::iterator entry) {
    places_.erase(entry->key);
    entries_.erase(entry);
}

const Reading* Cache::find(const Question& question, base::Instant now) {
    auto place = places_.find(key_of(question));
    if (place == places_.end())
        return nullptr;
    Entries::iterator entry = place->second;
    if (entry->until <= now) {
        forget(entry);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return &entry->reading;
}

void Cache::keep(const Question& question, Reading reading, base::Instant now) {
    std::string key = key_of(question);
    if (auto place = places_.find(key); place != places_.end())
        forget(place->second);
    if (reading.lifetime <= base::Duration::zero() || most_ == 0)
        return;
    while (entries_.size() >= most_)
        forget(std::prev(entries_.end()));
    base::Instant until = now + reading.lifetime;
    entries_.push_front({std::move(key), std::move(reading), until});
    places_.emplace(entries_.front().key, entries_.begin());
}

}  // namespace dns
