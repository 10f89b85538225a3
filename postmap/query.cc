#include "postmap/query.h"

#include <cstdio>
#include <optional>

#include "lib/base/base64.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/dict/edit.h"
#include "lib/dict/fold.h"
#include "lib/dict/types.h"
#include "postmap/build.h"
#include "postmap/input_lines.h"
#include "postmap/message_keys.h"

namespace postmap {
namespace {

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            base::append(out, '\\', c);
        else if (byte < 0x20)
            base::append(out, "\\u00", byte < 0x10 ? "0" : "", base::hex(byte));
        else
            out += c;
    }
    return out + '"';
}

std::string entry_text(const Options& options, std::string_view key, std::string_view value) {
    if (options.json)
        return base::text('{', json_string(key), ": ", json_string(value), "}\n");
    return base::text(key, options.aliases ? ":\t" : "\t", value, '\n');
}

// A value as it is shown: with -F it is stored in base64.
std::string shown(const Options& options, const std::string& table, std::string_view key,
                  std::string_view value) {
    if (!options.files)
        return std::string(value);
    if (std::optional<std::string> content = base::from_base64(value))
        return std::move(*content);
    base::log::warning(
        base::text("table ", table, ": key ", key, ": malformed BASE64 value: ", value));
    throw config::Error(base::text("table ", table, ": query error"));
}

void warn_of_empty(const std::string& table, std::string_view key) {
    base::log::warning(base::text("table ", table, ": key ", base::printable(key),
                                  ": empty string result is not allowed"));
    base::log::warning(
        base::text("table ", table, " should return NO RESULT in case of NOT FOUND"));
}

class Asking {
  public:
    Asking(const Options& options, dict::Tables& tables) : options_(options), tables_(tables) {
        bool message = (options.body || options.header) && !options.check_messages;
        use_.fold = options.fold;
        use_.utf8 = options.utf8 && !message;
        use_.keeps_locks = true;
    }

    // The value in the first table that has the key. Tables are opened when they are needed.
    io::Task<dict::Lookup> find(const std::string& key) {
        for (size_t i = 0; i < options_.tables.size(); ++i) {
            dict::Table& table = opened(i);
            dict::Lookup found = co_await table.find(key, dict::Key::whole);
            if (found.retry())
                throw config::Error(
                    base::text("table ", table.name(), ": query error: ", found.value));
            if (!found.found())
                continue;
            if (options_.files)
                found.value = shown(options_, table.name(), key, found.value);
            if (found.value.empty())
                warn_of_empty(table.name(), key);
            co_return found;
        }
        co_return dict::Lookup();
    }

    // Shows the entry of `key`, where there is one.
    io::Task<void> show(const std::string& key) {
        dict::Lookup found = co_await find(key);
        if (!found.found())
            co_return;
        any_ = true;
        print(entry_text(options_, key, found.value));
    }
    bool any() const { return any_; }
    // Who writes to a table is kept out while there are keys to ask for, not while more is awaited.
    InputLines input() {
        return InputLines([this] {
            std::fflush(stdout);
            tables_.release_locks();
        });
    }

  private:
    dict::Table& opened(size_t number) {
        if (number == opened_.size())
            opened_.push_back(&tables_.open(options_.tables[number], use_));
        return *opened_[number];
    }

    const Options& options_;
    dict::Tables& tables_;
    std::vector<dict::Table*> opened_;
    dict::Use use_;
    bool any_ = false;
};

io::Task<void> show_lines(Asking& asking) {
    InputLines lines = asking.input();
    while (std::optional<std::string_view> line = lines.next()) {
        std::string key(line->substr(0, line->find('\0')));
        co_await asking.show(key);
    }
}

io::Task<void> show_message(Asking& asking, const Options& options) {
    std::vector<std::string> keys;
    MessageKeys message({options.header, options.body, options.mime},
                        [&keys](const std::string& key) { keys.push_back(key); });
    InputLines lines = asking.input();
    bool more = true;
    while (more) {
        std::optional<std::string_view> line = lines.next();
        more = line.has_value();
        more ? message.line(*line) : message.end();
        for (const std::string& key : keys)
            co_await asking.show(key);
        keys.clear();
    }
}

}  // namespace

io::Task<bool> query(const Options& options, dict::Tables& tables) {
    Asking asking(options, tables);
    if (options.key == "-") {
        if (options.body || options.header)
            co_await show_message(asking, options);
        else
            co_await show_lines(asking);
        co_return asking.any();
    }
    dict::Lookup found = co_await asking.find(options.key);
    if (!found.found())
        co_return false;
    print(options.json ? entry_text(options, options.key, found.value) : found.value + '\n');
    co_return true;
}

void list(const Options& options, dict::Tables& tables) {
    dict::Use use;
    use.fold = options.fold;
    use.utf8 = options.utf8;
    for (const std::string& name : options.tables) {
        dict::Table& table = tables.open(name, use);
        bool can = table.each([&](std::string_view key, std::string_view value) {
            print(entry_text(options, key, shown(options, table.name(), key, value)));
        });
        if (!can)
            throw config::Error(
                base::text("table ", table.name(), ": sequence operation is not supported"));
    }
}

bool remove(const Options& options, const config::Settings& settings) {
    std::vector<std::string> keys;
    if (options.key == "-") {
        InputLines lines([] {});
        while (std::optional<std::string_view> line = lines.next())
            keys.emplace_back(line->substr(0, line->find('\0')));
    } else {
        keys.push_back(options.key);
    }
    dict::Use use;
    use.fold = options.fold;
    use.utf8 = options.utf8 && settings.flag("smtputf8_enable");
    if (use.utf8)
        std::erase_if(keys, [&options](const std::string& key) {
            if (dict::valid_utf8(key))
                return false;
            dict::warn_of_key(options.tables.front(), key);
            return true;
        });
    for (std::string& key : keys)
        key = dict::fold(key, use.folding());
    size_t removed = 0;
    for (const std::string& table : options.tables) {
        TableName named = split_name(table, settings);
        dict::check_type(named.type);
        const dict::DatabaseType* type = dict::find_database_type(named.type);
        if (type == nullptr || !type->edited)
            throw config::Error(base::text("table ", table, ": delete operation is not supported"));
        removed += dict::remove_from_database(*type, named.name, keys);
    }
    return removed > 0;
}

}  // namespace postmap
