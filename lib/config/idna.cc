#include "lib/config/idna.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "lib/base/text.h"
#include "lib/config/expand.h"

namespace config {

std::string domain_to_ascii(std::string_view domain) {
    bool ascii = std::ranges::none_of(domain, [](char c) { return (c & 0x80) != 0; });
    if (ascii)
        return base::lower(domain);
    std::string_view dot = domain.substr(0, domain.starts_with('.'));
    std::string name(domain.substr(dot.size()));
    char* found = nullptr;
    int error = ::idn2_to_ascii_8z(name.c_str(), &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    std::unique_ptr<char, void (*)(void*)> owner(found, ::idn2_free);
    if (error != IDN2_OK)
        throw BadExpansion(base::text("expected a domain name, found \"", base::printable(domain),
                                      "\": ", ::idn2_strerror(error)));
    return base::text(dot, found);
}

}  // namespace config
