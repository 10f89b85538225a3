#include "lib/cleanup/aliases.h"

#include <unordered_set>

#include "lib/base/text.h"

namespace cleanup {

namespace {

MappingTrouble unreasonable(const AddressMap& map, std::string_view what,
                            std::string_view address) {
    return {MappingTrouble::expansion,
            base::text("unreasonable ", map.parameter(), " map ", what, " for ",
                       base::printable(address.substr(0, 300)))};
}

size_t limit(const config::Settings& settings, std::string_view name) {
    return static_cast<size_t>(settings.number(name));
}

}  // namespace

Aliases::Aliases(const config::Settings& settings, dict::Tables& tables)
    : map_(settings, tables, "virtual_alias_maps", propagates(settings, "virtual")) {
    limits_.recursion = limit(settings, "virtual_alias_recursion_limit");
    limits_.expansion = limit(settings, "virtual_alias_expansion_limit");
    limits_.address_length = limit(settings, "virtual_alias_address_length_limit");
}

// The list grows while it is walked: what an address becomes takes its place, more goes to the end.
// An address that is one of its own aliases stays as it is from then on; other circles end at the
// limit.
io::Task<std::vector<std::string>> Aliases::expand(const std::string& recipient,
                                                   const AddressRules& rules,
                                                   const rewrite::Rewriter& rewriter) const {
    std::vector<std::string> list = {recipient};
    std::unordered_set<std::string> stay;
    for (size_t at = 0; at < list.size() && !map_.empty(); ++at) {
        for (size_t depth = 0;; ++depth) {
            if (list.size() > limits_.expansion)
                throw unreasonable(map_, "expansion size", recipient);
            if (depth >= limits_.recursion)
                throw unreasonable(map_, "nesting", recipient);
            std::string address = list[at];
            if (stay.contains(base::lower(address)))
                break;
            std::vector<std::string> found = co_await map_.find(address, rules, rewriter);
            if (found.empty())
                break;
            for (size_t i = 0; i < found.size(); ++i) {
                if (base::equal_nocase(found[i], address))
                    stay.insert(base::lower(address));
                if (found[i].size() > limits_.address_length)
                    throw unreasonable(map_, "result", found[i]);
                if (i == 0)
                    list[at] = std::move(found[i]);
                else
                    list.push_back(std::move(found[i]));
            }
        }
    }
    co_return list;
}

}  // namespace cleanup
