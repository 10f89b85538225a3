// Fuzz target: what is stored of a message does not depend on the chunks it came in, has no bare CR
// and ends with a line end.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/cleanup/message_filter.h"

namespace {

std::string filtered(std::string_view in, size_t step) {
    cleanup::Options options;
    options.myhostname = options.myorigin = "mx.example.com";
    options.drop_headers = {"bcc"};
    cleanup::MessageFilter::About about{"QID", "a@b", base::WallTime(), step % 2 == 1};
    about.hold_addresses = step % 2 == 1;
    about.tls_wish = step % 2 == 1 ? mail::TlsWish::required : mail::TlsWish::as_configured;
    cleanup::MessageFilter filter(options, about, 0);
    std::string out;
    for (size_t i = 0; i < in.size(); i += step)
        filter.feed(in.substr(i, step), out);
    filter.finish(out);
    return out + static_cast<char>('0' + static_cast<int>(filter.tls_wish())) + "\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view in(reinterpret_cast<const char*>(data), size);
    std::string whole = filtered(in, size | 1);
    if (whole != filtered(in, 1) || filtered(in, (size | 1) + 1) != filtered(in, 2))
        std::abort();
    for (size_t i = 0; i < whole.size(); ++i)
        if (whole[i] == '\r' && (i + 1 == whole.size() || whole[i + 1] != '\n'))
            std::abort();
    if (!whole.empty() && whole.back() != '\n')
        std::abort();
    return 0;
}
