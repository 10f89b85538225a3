#include "lib/esmtp/ehlo.h"

#include <algorithm>

#include "lib/base/text.h"

namespace esmtp {

namespace {

struct Flag {
    std::string_view keyword;
    bool Capabilities::*member;
};

constexpr Flag flags[] = {
    {"pipelining", &Capabilities::pipelining},
    {"8bitmime", &Capabilities::eight_bit_mime},
    {"chunking", &Capabilities::chunking},
    {"enhancedstatuscodes", &Capabilities::enhanced_codes},
    {"dsn", &Capabilities::dsn},
    {"starttls", &Capabilities::starttls},
    {"smtputf8", &Capabilities::smtputf8},
    {"size", &Capabilities::size},
    {"requiretls", &Capabilities::requiretls},
};

std::string upper(std::string_view s) {
    std::string out(s);
    for (char& c : out)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return out;
}

// The words behind the keyword, each once.
void add_names(std::vector<std::string>& names, const std::vector<std::string_view>& words) {
    for (size_t i = 1; i < words.size(); ++i) {
        std::string name = upper(words[i]);
        if (std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(std::move(name));
    }
}

void add_keyword(Capabilities& found, const std::vector<std::string_view>& words) {
    for (const auto& flag : flags)
        if (base::equal_nocase(words[0], flag.keyword))
            found.*flag.member = true;
    if (base::equal_nocase(words[0], "auth"))
        add_names(found.auth, words);
    if (base::equal_nocase(words[0], "xforward"))
        add_names(found.xforward, words);
    // RFC 1870 section 4: zero, like no number, means no fixed limit.
    if (base::equal_nocase(words[0], "size") && words.size() > 1)
        if (auto limit = base::number<uint64_t>(words[1]); limit && *limit > 0)
            found.max_size = limit;
}

}  // namespace

Capabilities parse_ehlo(const mail::Reply& reply, const std::vector<std::string_view>& ignored) {
    Capabilities found;
    for (size_t i = 0; i < reply.lines.size(); ++i) {
        // "AUTH=LOGIN" is how servers before RFC 2554 wrote it.
        auto words = base::split(reply.lines[i], i == 0 ? " \t" : " \t=");
        if (words.empty())
            continue;
        if (i == 0) {
            found.greeting_name = words[0];
            continue;
        }
        auto same = [&](std::string_view name) { return base::equal_nocase(name, words[0]); };
        if (std::none_of(ignored.begin(), ignored.end(), same))
            add_keyword(found, words);
    }
    return found;
}

}  // namespace esmtp
