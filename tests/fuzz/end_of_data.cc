// Fuzz target: the content that DATA gives never depends on where the network cut it, and ends only
// behind CRLF.CRLF.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/esmtp/end_of_data.h"

namespace {

// Where CRLF.CRLF ends first, by the plainest means; the CRLF of the DATA command counts.
size_t plain_end(std::string_view in) {
    std::string with_command = "\r\n" + std::string(in);
    auto at = with_command.find("\r\n.\r\n");
    return at == std::string::npos ? std::string::npos : at + 3;
}

void must(bool holds) {
    if (!holds)
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view in(reinterpret_cast<const char*>(data), size);
    esmtp::EndOfData whole;
    std::string content;
    size_t used = whole.feed(in, content);
    size_t end = plain_end(in);
    must(whole.done() == (end != std::string::npos));
    must(used == (whole.done() ? end : in.size()));
    for (size_t i = 0; i < content.size(); ++i)
        must(content[i] != '\n' || (i > 0 && content[i - 1] == '\r'));

    esmtp::EndOfData bytes;
    std::string again;
    for (size_t i = 0; i < in.size() && !bytes.done(); ++i)
        must(bytes.feed(in.substr(i, 1), again) == 1);
    must(bytes.done() == whole.done() && again == content && bytes.bare_lf() == whole.bare_lf());
    return 0;
}
