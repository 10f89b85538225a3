// Table is one lookup table: "hash:/etc/postfix/transport", "cidr:…", "proxy:unix:passwd.byname".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/dict/lookup.h"
#include "lib/io/task.h"

namespace dict {

// Whether the key is the whole of what was asked about, or a part of it (a domain of an address, a
// parent domain). Tables of patterns (regexp, pcre, cidr, tcp) answer whole keys only.
enum class Key : uint8_t { whole, part };

class Table {
  public:
    virtual ~Table() = default;
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    // Asks for `key`, folded to lower case where the kind of table has fixed keys. Throws nothing
    // but io::Cancelled: trouble is Lookup::State::retry.
    virtual io::Task<Lookup> find(std::string_view key, Key kind) = 0;

    // As configured: "type:name".
    const std::string& name() const { return name_; }

  protected:
    explicit Table(std::string name) : name_(std::move(name)) {}

  private:
    std::string name_;
};

// What must be asked of somebody who may be slow (proxy:, unix:, later pgsql, ldap …): the workers
// of the proxymap service. lib/ipc has the one that does it.
class Proxy {
  public:
    virtual ~Proxy() = default;
    // `table` as in "type:name", without "proxy:".
    virtual io::Task<Lookup> ask(const std::string& table, std::string_view key, Key kind) = 0;
};

}  // namespace dict
