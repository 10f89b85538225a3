#include "lib/dict/fold.h"

#include <locale.h>
#include <wctype.h>

#include <cstdint>
#include <optional>

#include "lib/base/text.h"

namespace dict {
namespace {

locale_t unicode() {
    static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
}

// Takes one code point off the front; none where `text` does not begin with one (RFC 3629).
std::optional<uint32_t> take_code_point(std::string_view& text) {
    auto byte = [&text](size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned char lead = byte(0);
    size_t size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || text.size() < size)
        return std::nullopt;
    uint32_t point = size == 1 ? lead : lead & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return std::nullopt;
        point = point << 6 | (byte(i) & 0x3f);
    }
    constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[size] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return std::nullopt;
    text.remove_prefix(size);
    return point;
}

void append_code_point(std::string& out, uint32_t point) {
    auto tail = [&out, point](unsigned shift) {
        out += static_cast<char>(0x80 | (point >> shift & 0x3f));
    };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0 | point >> 6);
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xe0 | point >> 12);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0 | point >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

bool is_ascii(std::string_view text) {
    unsigned char all = 0;
    for (char c : text)
        all |= static_cast<unsigned char>(c);
    return all < 0x80;
}

constexpr uint32_t sharp_s = 0xdf, capital_sharp_s = 0x1e9e, final_sigma = 0x3c2, sigma = 0x3c3;

std::string fold_unicode(std::string_view key) {
    std::string folded;
    while (!key.empty()) {
        uint32_t point = *take_code_point(key);
        if (point == sharp_s || point == capital_sharp_s)
            folded += "ss";
        else if (point == final_sigma)
            append_code_point(folded, sigma);
        else
            append_code_point(folded, ::towlower_l(static_cast<wint_t>(point), unicode()));
    }
    return folded;
}

}  // namespace

void prepare_folding() {
    unicode();
}

bool valid_utf8(std::string_view text) {
    if (is_ascii(text))
        return true;
    while (!text.empty())
        if (!take_code_point(text))
            return false;
    return true;
}

// Most keys need none and are looked at to their end anyway.
bool needs_fold(std::string_view key, Fold how) {
    if (how == Fold::none)
        return false;
    bool capitals = false, others = false;
    for (char c : key) {
        capitals |= c >= 'A' && c <= 'Z';
        others |= static_cast<unsigned char>(c) >= 0x80;
    }
    return capitals || (others && how == Fold::unicode);
}

std::string fold(std::string_view key, Fold how) {
    if (how == Fold::none)
        return std::string(key);
    if (how == Fold::ascii || is_ascii(key) || unicode() == nullptr || !valid_utf8(key))
        return base::lower(key);
    return fold_unicode(key);
}

}  // namespace dict
