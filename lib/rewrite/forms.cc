#include "lib/rewrite/forms.h"

namespace rewrite {

void drop_source_route(Unquoted& address) {
    if (!address.is(0, '@'))
        return;
    size_t colon = address.find(':');
    if (colon != Unquoted::npos && colon + 1 < address.size())
        address = address.substr(colon + 1);
}

void swap_bangpath(Unquoted& address) {
    size_t bang = address.find('!');
    if (bang == Unquoted::npos || address.find('@') != Unquoted::npos || !address.host(0, bang))
        return;
    Unquoted turned = address.substr(bang + 1);
    turned.append("@");
    turned.append(address.substr(0, bang));
    address = turned;
}

void turn_percent(Unquoted& address) {
    size_t percent = address.rfind('%');
    if (percent == Unquoted::npos || address.find('@') != Unquoted::npos ||
        !address.host(percent + 1))
        return;
    Unquoted turned = address.substr(0, percent);
    turned.append("@");
    turned.append(address.substr(percent + 1));
    address = turned;
}

void drop_trailing_dot(Unquoted& address) {
    size_t size = address.size();
    if (size < 2 || !address.is(size - 1, '.'))
        return;
    if (!address.is(size - 2, '.') && !address.is(size - 2, '@'))
        address = address.substr(0, size - 1);
}

}  // namespace rewrite
