// Spec is what a table is made from: its type, its name, and what it is to know of its process.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lib/base/time.h"
#include "lib/config/error.h"
#include "lib/config/settings.h"
#include "lib/dict/destinations.h"
#include "lib/dict/table.h"
#include "lib/dict/use.h"

namespace dict {

class Tables;

// What a server of socketmap: may take.
struct SocketmapLimits {
    base::Duration time = std::chrono::seconds(100);
    size_t most_reply = 100000;
};

struct Spec {
    std::string full;  // "type:name"
    std::string type;
    std::string name;
    Use use;
    Tables* tables = nullptr;  // opens tables that this one asks
    Proxy* proxy = nullptr;    // may be null
    bool asks_names = false;   // unix: is asked in place
    const Destinations* destinations = nullptr;
    SocketmapLimits socketmap;
    const bool* rooted = nullptr;  // see FileTable
};

// The makers of the types; they throw config::Error or base::SystemError.
std::unique_ptr<Table> make_hash(const Spec& spec);
std::unique_ptr<Table> make_btree(const Spec& spec);
std::unique_ptr<Table> make_texthash(const Spec& spec);
std::unique_ptr<Table> make_inline(const Spec& spec);
std::unique_ptr<Table> make_static(const Spec& spec);
std::unique_ptr<Table> make_environ(const Spec& spec);
std::unique_ptr<Table> make_fail(const Spec& spec);
std::unique_ptr<Table> make_regexp(const Spec& spec);
std::unique_ptr<Table> make_cidr(const Spec& spec);
std::unique_ptr<Table> make_cdb(const Spec& spec);
std::unique_ptr<Table> make_lmdb(const Spec& spec);
std::unique_ptr<Table> make_pcre(const Spec& spec);
std::unique_ptr<Table> make_pipemap(const Spec& spec);
std::unique_ptr<Table> make_proxy(const Spec& spec);
std::unique_ptr<Table> make_randmap(const Spec& spec);
std::unique_ptr<Table> make_socketmap(const Spec& spec);
std::unique_ptr<Table> make_unionmap(const Spec& spec);
std::unique_ptr<Table> make_unix(const Spec& spec);

}  // namespace dict
