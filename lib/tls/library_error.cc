#include "lib/tls/library_error.h"

#include <openssl/err.h>

#include <array>

#include "lib/base/error.h"
#include "lib/base/text.h"

namespace tls {

std::vector<std::string> library_errors() {
    std::vector<std::string> lines;
    const char* file = nullptr;
    const char* function = nullptr;
    const char* data = nullptr;
    int line = 0;
    int flags = 0;
    while (unsigned long code = ERR_get_error_all(&file, &line, &function, &data, &flags)) {
        std::array<char, 256> words{};
        ERR_error_string_n(code, words.data(), words.size());
        std::string text = base::text(words.data(), ":", file, ":", line, ":");
        if ((flags & ERR_TXT_STRING) != 0 && data != nullptr)
            base::append(text, data, ":");
        lines.push_back(std::move(text));
    }
    return lines;
}

std::string library_reason() {
    // A file that cannot be read is the first error, what that led to the last.
    unsigned long first = ERR_peek_error();
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    std::string text = reason == nullptr ? "unknown error" : reason;
    if (ERR_SYSTEM_ERROR(first))
        text = base::error_text(ERR_GET_REASON(first));
    ERR_clear_error();
    return text;
}

}  // namespace tls
