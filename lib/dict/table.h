// Table is one lookup table: "hash:/etc/postfix/transport", "cidr:…", "proxy:unix:passwd.byname".
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dict/lookup.h"
#include "lib/dict/use.h"
#include "lib/io/clock.h"
#include "lib/io/task.h"

namespace dict {

// Whether the key is the whole of what was asked about, or a part of it (a domain of an address, a
// parent domain). Tables of patterns (regexp, pcre, cidr, tcp) answer whole keys only.
enum class Key : uint8_t { whole, part };

class Table {
  public:
    using Visit = std::function<void(std::string_view key, std::string_view value)>;

    virtual ~Table() = default;
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    // Asks for `key`, folded to lower case where the kind of table has fixed keys; a key that is
    // not UTF-8 is in no table that is used with UTF-8. Throws nothing but io::Cancelled: trouble
    // is Lookup::State::retry. `key` lives until the answer is there.
    io::Task<Lookup> find(std::string_view key, Key kind);

    // Shows every entry, in the order of the table; false where this kind of table cannot.
    virtual bool each(const Visit&) { return false; }

    // The files behind it; empty for one that has none of its own.
    virtual std::vector<std::string> files() const { return {}; }
    // Looks whether a file was rebuilt, at most once a second, and opens it anew. True: it was, but
    // this process may not open it, so that another must take its place.
    virtual bool outdated(io::Instant) { return false; }
    // The next question looks, whenever the last look was.
    virtual void look_soon() {}

    // Lets writers in whom it keeps out from look-up to look-up (Use::keeps_locks).
    virtual void release_lock() {}
    // Keys are UTF-8.
    void set_utf8() { utf8_ = true; }

    // As configured: "type:name".
    const std::string& name() const { return name_; }

  protected:
    explicit Table(std::string name) : name_(std::move(name)) {}
    virtual io::Task<Lookup> look_up(std::string_view key, Key kind) = 0;

  private:
    io::Task<Lookup> refused(std::string_view key) const;

    std::string name_;
    bool utf8_ = false;
};

// Warns of a key that is not UTF-8, where keys are.
void warn_of_key(std::string_view table, std::string_view key);

// What must be asked of somebody who may be slow (proxy:, unix:, later pgsql, ldap …): the workers
// of the proxymap service. lib/ipc has the one that does it.
class Proxy {
  public:
    virtual ~Proxy() = default;
    // `table` as in "type:name", without "proxy:".
    virtual io::Task<Lookup> ask(const std::string& table, std::string_view key, Key kind,
                                 Use use) = 0;
};

}  // namespace dict
