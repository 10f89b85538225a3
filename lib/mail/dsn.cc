#include "lib/mail/dsn.h"

#include "lib/base/text.h"

namespace mail {

std::string Dsn::text() const {
    return base::text(klass, '.', subject, '.', detail);
}

std::optional<Dsn> Dsn::parse(std::string_view text) {
    if (text.size() < 5 || text[1] != '.')
        return std::nullopt;
    if (text[0] != '2' && text[0] != '4' && text[0] != '5')
        return std::nullopt;
    auto dot = text.find('.', 2);
    if (dot == text.npos || dot > 5 || text.size() - dot > 4)
        return std::nullopt;
    auto subject = base::number<unsigned>(text.substr(2, dot - 2));
    auto detail = base::number<unsigned>(text.substr(dot + 1));
    if (!subject || !detail)
        return std::nullopt;
    return Dsn{text[0] - '0', static_cast<int>(*subject), static_cast<int>(*detail)};
}

std::optional<Dsn> Dsn::at_start_of(std::string_view text) {
    return parse(text.substr(0, text.find_first_of(" \t\r\n")));
}

}  // namespace mail
