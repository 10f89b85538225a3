// Fuzz target: no server's lines break the reader of replies or of capabilities.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/esmtp/ehlo.h"
#include "lib/esmtp/reply_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view in(reinterpret_cast<const char*>(data), size);
    esmtp::ReplyReader reader;
    while (!in.empty()) {
        auto end = std::min(in.find('\n'), in.size() - 1) + 1;
        auto progress = reader.feed(in.substr(0, end));
        in.remove_prefix(end);
        if (progress == esmtp::ReplyReader::Progress::malformed)
            return 0;
        if (progress != esmtp::ReplyReader::Progress::complete)
            continue;
        auto reply = reader.take();
        if (reply.code < 100 || reply.code > 999 ||
            reply.lines.size() > esmtp::ReplyReader::kept_lines ||
            reply.one_line().find_first_of("\r\n") != std::string::npos)
            std::abort();
        esmtp::parse_ehlo(reply);
    }
    return 0;
}
