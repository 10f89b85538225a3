// Fuzz target: whatever is stored, what is sent holds no end of data but the last, no bare CR or
// LF, and comes back as the same content.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/esmtp/dot_stuff.h"
#include "lib/esmtp/end_of_data.h"

namespace {

void must(bool holds) {
    if (!holds)
        std::abort();
}

bool bare_line_ends(std::string_view s) {
    for (size_t i = 0; i < s.size(); ++i) {
        if (s[i] == '\n' && (i == 0 || s[i - 1] != '\r'))
            return true;
        if (s[i] == '\r' && (i + 1 == s.size() || s[i + 1] != '\n'))
            return true;
    }
    return false;
}

std::string sent(esmtp::DotStuffer::Framing framing, std::string_view content, size_t step) {
    esmtp::DotStuffer stuffer(framing);
    std::string out;
    for (size_t i = 0; i < content.size(); i += step)
        stuffer.feed(content.substr(i, step), out);
    stuffer.finish(out);
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using Framing = esmtp::DotStuffer::Framing;
    std::string_view content(reinterpret_cast<const char*>(data), size);
    std::string wire = sent(Framing::data, content, size + 1);
    must(wire == sent(Framing::data, content, 1));
    must(!bare_line_ends(wire));
    must(("\r\n" + wire).find(std::string_view("\r\n\0", 3)) == std::string::npos);

    std::string plain = sent(Framing::bdat, content, size + 1);
    must(plain == sent(Framing::bdat, content, 1));
    must(!bare_line_ends(plain));
    must(plain.size() >= size && plain.size() <= size + 2);

    esmtp::EndOfData receiver;
    std::string back;
    must(receiver.feed(wire, back) == wire.size());
    must(receiver.done() && back == plain && !receiver.bare_lf());
    return 0;
}
