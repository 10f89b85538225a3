// Source is the text that a table of fixed keys is made of, as entries.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/log.h"
#include "lib/dict/destinations.h"
#include "lib/dict/fold.h"

namespace dict {

// What becomes of a key that is there already.
enum class Repeated : uint8_t { warn, keep, replace };

class Source {
  public:
    struct Entry {
        std::string_view key;  // folded where that was wanted
        std::string_view value;
        size_t line = 0;
    };

    struct Format {
        Fold folding = Fold::unicode;
        bool utf8 = false;  // lines that are not valid UTF-8 are left out
        std::string_view ending = " -- ignoring this line";  // as split_key_value() has it
    };
    // `text` outlives this; `file` is its name in warnings.
    static Source read(std::string_view text, const std::string& file, Format format);
    // Without entries yet.
    explicit Source(std::string_view text) : text_(text) {}

    // Keeps `part` for as long as this lives.
    std::string_view keep(std::string part) { return owned_.emplace_back(std::move(part)); }
    void add(std::string_view key, std::string_view value, size_t line);
    // Leaves one entry a key, in order of keys. Of repeated ones the first counts, or with
    // Repeated::replace the last; where all are destinations (and `destinations` is given), they
    // become one list, of which `tell_joined` hears a line. `tell` hears of the others that do not
    // count.
    using Tell = std::function<void(const Entry&)>;
    using TellJoined = std::function<void(std::string_view)>;
    void resolve(Repeated repeated, const Destinations* destinations, const std::string& file,
                 const Tell& tell, const TellJoined& tell_joined = base::log::info);

    std::vector<Entry>& entries() { return entries_; }

  private:
    std::string_view kept(std::string_view part);
    // What is left of the entries of one key, of which there are several.
    Entry settle(const std::vector<Entry>& group, Repeated repeated,
                 const Destinations* destinations, const std::string& file,
                 std::vector<Entry>& superfluous, const TellJoined& tell_joined);

    std::string_view text_;
    std::deque<std::string> owned_;  // what is not in text_ as it stands
    std::vector<Entry> entries_;
};

// Warns of a line that is left out.
void warn_not_utf8(std::string_view where, std::string_view line);

}  // namespace dict
