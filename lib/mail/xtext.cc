#include "lib/mail/xtext.h"

#include "lib/base/text.h"

namespace mail {

std::string xtext(std::string_view plain) {
    std::string out;
    for (char c : plain) {
        if (c >= '!' && c <= '~' && c != '+' && c != '=')
            out.push_back(c);
        else
            base::append(out, '+', base::upper_hex(static_cast<unsigned char>(c), 2));
    }
    return out;
}

std::optional<std::string> from_xtext(std::string_view encoded) {
    std::string out;
    for (size_t i = 0; i < encoded.size(); ++i) {
        char c = encoded[i];
        if (c < '!' || c > '~' || c == '=')
            return std::nullopt;
        if (c != '+') {
            out.push_back(c);
            continue;
        }
        if (encoded.size() - i < 3)
            return std::nullopt;
        auto byte = base::number<unsigned>(encoded.substr(i + 1, 2), 16);
        if (!byte)
            return std::nullopt;
        out.push_back(static_cast<char>(*byte));
        i += 2;
    }
    return out;
}

}  // namespace mail
