#include "postmap/message_keys.h"

#include "lib/base/text.h"

namespace postmap {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t';
}

// Whether `line` begins a header: a name of printable characters, then a colon.
bool begins_header(std::string_view line) {
    size_t end = 0;
    while (end < line.size() && line[end] > ' ' && line[end] < 0x7f && line[end] != ':')
        ++end;
    size_t colon = end;
    while (colon < line.size() && is_space(line[colon]))
        ++colon;
    return end > 0 && colon < line.size() && line[colon] == ':';
}

// The value of `name` in a header with parameters; "" where there is none.
std::string parameter(std::string_view header, std::string_view name) {
    for (std::string_view part : base::split(header, ";")) {
        part = base::trim(part);
        size_t equals = part.find('=');
        if (equals == part.npos || !base::equal_nocase(base::trim(part.substr(0, equals)), name))
            continue;
        std::string_view value = base::trim(part.substr(equals + 1));
        if (!value.starts_with('"'))
            return std::string(value.substr(0, value.find_first_of(" \t\r\n")));
        value.remove_prefix(1);
        return std::string(value.substr(0, value.find('"')));
    }
    return {};
}

}  // namespace

void MessageKeys::line(std::string_view text) {
    if (text.ends_with('\r'))
        text.remove_suffix(1);
    in_headers_ ? header_line(text) : body_line(text);
}

void MessageKeys::header_line(std::string_view text) {
    if (header_ && !text.empty() && is_space(text.front())) {
        base::append(*header_, '\n', text);
        return;
    }
    end_header();
    if (begins_header(text)) {
        header_ = text;
        return;
    }
    end_headers();
    emit_body("");
    if (!text.empty())
        body_line(text);
}

void MessageKeys::end_header() {
    if (!header_)
        return;
    if (wanted_.header)
        take_(*header_);
    note_content_type(*header_);
    header_.reset();
}

void MessageKeys::note_content_type(std::string_view header) {
    constexpr std::string_view name = "content-type:";
    if (!wanted_.mime || !base::starts_nocase(header, name))
        return;
    std::string_view value = base::trim(header.substr(name.size()));
    if (base::starts_nocase(value, "multipart/")) {
        std::string boundary = parameter(value, "boundary");
        if (!boundary.empty())
            multipart_ = "--" + boundary;
    }
    nested_ = base::starts_nocase(value, "message/");
}

void MessageKeys::end_headers() {
    in_headers_ = nested_;
    if (multipart_)
        boundaries_.push_back(std::move(*multipart_));
    multipart_.reset();
    nested_ = false;
}

// Whether `text` ends the part; what comes then are the headers of another, or, behind the last
// one, nothing that belongs to a part.
bool MessageKeys::at_boundary(std::string_view text) {
    for (size_t i = boundaries_.size(); i-- > 0;) {
        if (!text.starts_with(boundaries_[i]))
            continue;
        bool last = text.substr(boundaries_[i].size()).starts_with("--");
        boundaries_.resize(last ? i : i + 1);
        in_headers_ = !last;
        return true;
    }
    return false;
}

void MessageKeys::body_line(std::string_view text) {
    emit_body(text);
    at_boundary(text);
}

void MessageKeys::emit_body(std::string_view text) const {
    if (wanted_.body)
        take_(std::string(text));
}

void MessageKeys::end() {
    if (in_headers_)
        end_header();
}

}  // namespace postmap
