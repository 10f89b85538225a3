#include "lib/dict/types.h"

#include <algorithm>
#include <cerrno>

#include "lib/base/error.h"
#include "lib/base/text.h"

namespace dict {
namespace {

using Make = std::unique_ptr<Table> (*)(const Spec&);

struct Type {
    std::string_view name;
    Make make;  // null: not built yet
};

constexpr Type types[] = {
    {"btree", make_btree},
    {"cdb", make_cdb},
    {"cidr", make_cidr},
    {"dbm", nullptr},
    {"environ", make_environ},
    {"fail", make_fail},
    {"hash", make_hash},
    {"inline", make_inline},
    {"ldap", nullptr},
    {"lmdb", make_lmdb},
    {"memcache", nullptr},
    {"mongodb", nullptr},
    {"mysql", nullptr},
    {"nis", nullptr},
    {"nisplus", nullptr},
    {"pcre", make_pcre},
    {"pgsql", nullptr},
    {"pipemap", make_pipemap},
    {"proxy", make_proxy},
    {"randmap", make_randmap},
    {"regexp", make_regexp},
    {"sdbm", nullptr},
    {"socketmap", make_socketmap},
    {"sqlite", nullptr},
    {"static", make_static},
    {"tcp", nullptr},
    {"texthash", make_texthash},
    {"unionmap", make_unionmap},
    {"unix", make_unix},
};

}  // namespace

std::vector<std::string> table_types() {
    std::vector<std::string> names;
    for (const Type& type : types)
        if (type.make != nullptr)
            names.emplace_back(type.name);
    std::ranges::sort(names);
    return names;
}

void check_type(std::string_view type) {
    const Type* row = std::ranges::find(types, type, &Type::name);
    if (row == std::end(types))
        throw config::Error(base::text("unsupported dictionary type: ", type));
    if (row->make == nullptr)
        throw config::Error(base::text("unsupported dictionary type: ", type, " (not built yet)"));
}

std::unique_ptr<Table> make_table(const Spec& spec) {
    check_type(spec.type);
    try {
        return std::ranges::find(types, spec.type, &Type::name)->make(spec);
    } catch (const base::SystemError& error) {
        if (error.code() == EACCES || error.code() == EPERM)
            throw NotPermitted(error.what());
        throw config::Error(error.what());
    }
}

}  // namespace dict
