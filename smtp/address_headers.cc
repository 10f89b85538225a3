#include "smtp/address_headers.h"

#include "lib/mail/header_line.h"

namespace smtp {

namespace {

constexpr size_t piece_size = 16384;

bool goes_on(std::string_view line) {
    return line.starts_with(' ') || line.starts_with('\t');
}

}  // namespace

bool AddressHeaders::fill() {
    ahead_.resize(piece_size);
    ahead_.resize(content_.read(ahead_, offset_));
    offset_ += ahead_.size();
    used_ = 0;
    return !ahead_.empty();
}

// False at the end of the content. Of a line that no header can have, the start is kept.
bool AddressHeaders::next_line() {
    line_.clear();
    line_at_ = offset_ - (ahead_.size() - used_);
    bool ended = false;
    while (!ended && (used_ < ahead_.size() || fill())) {
        size_t lf = ahead_.find('\n', used_);
        ended = lf != std::string::npos;
        size_t end = ended ? lf + 1 : ahead_.size();
        if (line_.size() <= mail::longest_rewritten)
            line_.append(ahead_, used_, end - used_);
        used_ = end;
    }
    return !line_.empty();
}

std::optional<AddressHeaders::Header> AddressHeaders::next() {
    while (line_held_ || next_line()) {
        std::string_view name = mail::header_name(line_);
        if (name.empty() || goes_on(line_))
            return std::nullopt;
        bool wanted = mail::addresses_in(name) != mail::Addresses::none;
        size_t colon = line_.find(':');
        Header header{line_at_ + colon + 1, line_.substr(colon + 1)};
        bool more = next_line();
        for (; more && goes_on(line_); more = next_line())
            if (header.value.size() <= mail::longest_rewritten)
                header.value += line_;
        line_held_ = more;
        if (wanted && header.value.size() <= mail::longest_rewritten)
            return header;
        if (!more)
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace smtp
