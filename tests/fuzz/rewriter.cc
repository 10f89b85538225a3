// Fuzz target: every text is rewritten to an address whose external form reads back as it is.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/rewrite/rewriter.h"
#include "lib/rewrite/unquoted.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view in(reinterpret_cast<const char*>(data), size);
    rewrite::Options options;
    options.myorigin = "origin.example";
    options.mydomain = "example";
    options.append_dot_mydomain = true;
    std::string out = rewrite::Rewriter(options).rewrite(in, rewrite::Context::local);
    if (in.empty())
        return out.empty() ? 0 : (std::abort(), 1);
    // Quotes are balanced and needed: reading and writing it once more changes nothing.
    if (rewrite::Unquoted::from(out).external() != out)
        std::abort();
    return 0;
}
