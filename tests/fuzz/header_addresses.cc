// Fuzz target: addresses lie in the value, in order; replacing each by itself changes nothing.
#include "lib/mail/header_addresses.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view value(reinterpret_cast<const char*>(data), size);
    auto addresses = mail::header_addresses(value);
    std::vector<std::string> same, other;
    size_t at = 0;
    for (const mail::HeaderAddress& address : addresses) {
        if (address.begin < at || address.end <= address.begin || address.end > size)
            std::abort();
        at = address.end;
        same.push_back(address.address);
        other.push_back("x@y");
    }
    if (mail::replace_addresses(value, addresses, same) != value)
        std::abort();
    std::string replaced = mail::replace_addresses(value, addresses, other);
    if (addresses.empty() && replaced != value)
        std::abort();
    return 0;
}
