#include "postmap/query.h"

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "lib/base/base64.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/values.h"
#include "lib/dict/edit.h"
#include "lib/dict/fold.h"
#include "lib/dict/types.h"
#include "postmap/build.h"
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

class Asking {
  public:
    Asking(const Options& options, const config::Settings& settings, dict::Tables& tables)
        : options_(options), tables_(tables) {
        bool message = (options.body || options.header) && !options.check_messages;
        utf8_ = options.utf8 && !message &&
                config::parse_flag(settings.value("smtputf8_enable")).value_or(true);
    }

    // The value in the first table that has the key. Tables are opened when they are needed.
    io::Task<dict::Lookup> find(const std::string& key) {
        if (utf8_ && !dict::valid_utf8(key))
            co_return dict::Lookup();
        for (size_t i = 0; i < options_.tables.size(); ++i) {
            dict::Table& table = opened(i);
            dict::Lookup found = co_await table.find(key, dict::Key::whole);
            if (found.retry())
                throw config::Error(
                    base::text("table ", table.name(), ": query error: ", found.value));
            if (!found.found())
                continue;
            found.value = shown(options_, table.name(), key, found.value);
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

  private:
    dict::Table& opened(size_t number) {
        if (number == opened_.size()) {
            dict::Use use;
            use.fold = options_.fold;
            opened_.push_back(&tables_.open(options_.tables[number], use));
        }
        return *opened_[number];
    }

    const Options& options_;
    dict::Tables& tables_;
    std::vector<dict::Table*> opened_;
    bool utf8_ = false;
    bool any_ = false;
};

// The lines of standard input, without their ends.
class InputLines {
  public:
    ~InputLines() { std::free(line_); }
    std::optional<std::string_view> next() {
        ssize_t length = ::getline(&line_, &room_, stdin);
        if (length < 0)
            return std::nullopt;
        std::string_view line(line_, static_cast<size_t>(length));
        if (line.ends_with('\n'))
            line.remove_suffix(1);
        return line;
    }

  private:
    char* line_ = nullptr;
    size_t room_ = 0;
};

io::Task<void> show_lines(Asking& asking) {
    InputLines lines;
    while (std::optional<std::string_view> line = lines.next()) {
        std::string key(base::trim(*line));
        co_await asking.show(key);
    }
}

io::Task<void> show_message(Asking& asking, const Options& options) {
    std::vector<std::string> keys;
    MessageKeys message({options.header, options.body, options.mime},
                        [&keys](const std::string& key) { keys.push_back(key); });
    InputLines lines;
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

io::Task<bool> query(const Options& options, const config::Settings& settings,
                     dict::Tables& tables) {
    Asking asking(options, settings, tables);
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
        InputLines lines;
        while (std::optional<std::string_view> line = lines.next())
            keys.emplace_back(base::trim(*line));
    } else {
        keys.push_back(options.key);
    }
    if (options.fold)
        for (std::string& key : keys)
            key = dict::fold(key);
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
