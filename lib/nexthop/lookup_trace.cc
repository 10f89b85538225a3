#include "lib/nexthop/lookup_trace.h"

#include <algorithm>

#include "lib/base/text.h"

namespace nexthop {
namespace {

std::string name_or_root(const std::string& name) {
    return name.empty() ? "." : name;
}

struct Text {
    std::string operator()(const dns::Address& of) const { return of.ip; }
    std::string operator()(const dns::Host& of) const { return name_or_root(of.name); }
    std::string operator()(const dns::Exchange& of) const {
        return base::text(of.preference, ' ', name_or_root(of.name));
    }
    std::string operator()(const dns::Service& of) const {
        return base::text(of.priority, ' ', of.weight, ' ', of.port, ' ', name_or_root(of.name));
    }
    std::string operator()(const dns::Text& of) const { return of.text; }
    std::string operator()(const dns::Certificate& of) const { return text_of(of); }
};

}  // namespace

void LookupTrace::dropped(const Endpoints& before, const Endpoints& after, const std::string& why) {
    for (const Endpoint& each : before) {
        auto is_it = [&](const Endpoint& other) {
            return other.same_place(each) && other.host == each.host &&
                   other.preference == each.preference;
        };
        if (std::ranges::none_of(after, is_it))
            steps.push_back(Dropped{each, why});
    }
}

std::string text_of(const dns::Record& record) {
    return std::visit(Text(), record.data);
}

std::string text_of(const dns::Certificate& record) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = base::text(record.usage, ' ', record.selector, ' ', record.matching, ' ');
    for (unsigned char byte : record.data)
        base::append(text, digits[byte >> 4], digits[byte & 15]);
    return text;
}

}  // namespace nexthop
