#include "lib/cleanup/tls_headers.h"

#include <algorithm>

#include "lib/base/text.h"

namespace cleanup {

namespace {

constexpr size_t longest_value = 16;  // more is none that is known

struct Row {
    std::string_view name;
    mail::TlsWish wish;
    std::string_view value;  // that says so
    bool Options::*allowed;
};

constexpr Row rows[] = {
    {"TLS-Required", mail::TlsWish::optional, "no", &Options::reads_tls_required},
    {requiretls_header, mail::TlsWish::required, "yes", &Options::keeps_requiretls},
};

}  // namespace

void TlsHeaders::begins(std::string_view name, std::string_view line) {
    ends();
    for (const Row& row : rows)
        if (base::equal_nocase(name, row.name) && options_.*row.allowed) {
            asked_ = row.wish;
            take(line.substr(line.find(':') + 1));
            return;
        }
}

void TlsHeaders::take(std::string_view text) {
    bool cut = !text.ends_with('\n');
    text = base::trim(text);
    if (cut || value_.size() + text.size() > longest_value)
        asked_ = mail::TlsWish::as_configured;
    else if (!text.empty())
        base::append(value_, value_.empty() ? "" : " ", text);
}

void TlsHeaders::ends() {
    for (const Row& row : rows)
        if (asked_ == row.wish && base::equal_nocase(value_, row.value))
            wish_ = std::max(wish_, asked_);
    asked_ = mail::TlsWish::as_configured;
    value_.clear();
}

}  // namespace cleanup
