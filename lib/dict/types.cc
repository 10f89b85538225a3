#include "lib/dict/types.h"

#include <algorithm>

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
    {"btree", make_btree},     {"cidr", make_cidr},    {"dbm", nullptr},
    {"environ", make_environ}, {"fail", make_fail},    {"hash", make_hash},
    {"inline", make_inline},   {"ldap", nullptr},      {"memcache", nullptr},
    {"mongodb", nullptr},      {"mysql", nullptr},     {"nis", nullptr},
    {"nisplus", nullptr},      {"pgsql", nullptr},     {"regexp", make_regexp},
    {"sdbm", nullptr},         {"socketmap", nullptr}, {"sqlite", nullptr},
    {"static", make_static},   {"tcp", nullptr},       {"texthash", make_texthash},
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

std::unique_ptr<Table> make_table(const Spec& spec) {
    const Type* type = std::ranges::find(types, spec.type, &Type::name);
    if (type == std::end(types))
        throw config::Error(base::text("unsupported dictionary type: ", spec.type));
    if (type->make == nullptr)
        throw config::Error(
            base::text(spec.full, ": tables of type ", spec.type, " are not built yet"));
    try {
        return type->make(spec);
    } catch (const base::SystemError& error) {
        throw config::Error(error.what());
    }
}

}  // namespace dict
