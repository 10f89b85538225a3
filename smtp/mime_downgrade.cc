#include "smtp/mime_downgrade.h"

#include <algorithm>

#include "lib/base/text.h"

namespace smtp {
namespace {

// Lines of a body that are longer are dealt with in pieces; longer headers are not looked at.
constexpr size_t longest_line = 8192;
constexpr size_t longest_header = 65536;
constexpr size_t most_levels = 100;

// The value of parameter `name` in "type/subtype; name=value; other="quoted value"".
std::string parameter(std::string_view value, std::string_view name) {
    size_t at = value.find(';');
    while (at != std::string_view::npos) {
        ++at;
        size_t equals = value.find('=', at);
        if (equals == std::string_view::npos)
            return {};
        bool wanted = base::equal_nocase(base::trim(value.substr(at, equals - at)), name);
        at = equals + 1;
        while (at < value.size() && (value[at] == ' ' || value[at] == '\t'))
            ++at;
        std::string found;
        if (at < value.size() && value[at] == '"') {
            for (++at; at < value.size() && value[at] != '"'; ++at) {
                if (value[at] == '\\' && at + 1 < value.size())
                    ++at;
                found += value[at];
            }
        } else {
            found = value.substr(at, value.find_first_of("; \t\r\n", at) - at);
        }
        if (wanted)
            return found;
        at = value.find(';', at);
    }
    return {};
}

std::string_view first_word(std::string_view value) {
    value = base::trim(value);
    return value.substr(0, value.find_first_of("; \t\r\n("));
}

}  // namespace

void MimeDowngrade::feed(std::string_view content, std::string& out) {
    pending_ += content;
    size_t begin = 0;
    for (size_t end = pending_.find("\r\n"); end != std::string::npos;
         end = pending_.find("\r\n", begin)) {
        line(std::string_view(pending_).substr(begin, end - begin), out);
        begin = end + 2;
    }
    pending_.erase(0, begin);
    if (pending_.size() <= (in_headers_ ? longest_header : longest_line))
        return;
    // A CR at the end may be half of a line's end.
    size_t whole = pending_.size() - (pending_.back() == '\r' ? 1 : 0);
    out += header_;
    header_.clear();
    part_of_line(std::string_view(pending_).substr(0, whole), out);
    pending_.erase(0, whole);
    mid_line_ = true;
}

void MimeDowngrade::finish(std::string& out) {
    if (in_headers_)
        leave_headers(out);
    part_of_line(pending_, out);
    encoder_.finish(out);
}

void MimeDowngrade::part_of_line(std::string_view text, std::string& out) {
    if (encoding_)
        encoder_.feed(text, out);
    else
        out += text;
}

void MimeDowngrade::line(std::string_view text, std::string& out) {
    std::optional<size_t> level = mid_line_ ? std::nullopt : delimited(text);
    if (level) {
        if (in_headers_)
            leave_headers(out);
        cross(*level, text);
        base::append(out, text, "\r\n");
    } else if (in_headers_ && !mid_line_) {
        header_line(text, out);
    } else {
        part_of_line(text, out);
        if (encoding_)
            encoder_.end_line(out);
        else
            out += "\r\n";
    }
    mid_line_ = false;
}

// The headers end without an empty line.
void MimeDowngrade::leave_headers(std::string& out) {
    end_header(out);
    out += held_;
    held_.clear();
}

void MimeDowngrade::header_line(std::string_view text, std::string& out) {
    bool goes_on = !header_.empty() && (text.starts_with(' ') || text.starts_with('\t'));
    if (!goes_on)
        end_header(out);
    if (text.empty()) {
        end_headers(out);
        return;
    }
    base::append(header_, text, "\r\n");
    if (header_.size() > longest_header) {
        out += header_;
        header_.clear();
    }
}

void MimeDowngrade::end_header(std::string& out) {
    std::string_view header = header_;
    std::string_view value = header.substr(std::min(header.find(':'), header.size()));
    std::string_view name = base::trim(header.substr(0, header.size() - value.size()));
    if (!value.empty())
        value.remove_prefix(1);
    bool eight_bit = false;
    if (base::equal_nocase(name, "content-type")) {
        take_content_type(value);
    } else if (base::equal_nocase(name, "content-transfer-encoding")) {
        std::string_view word = first_word(value);
        eight_bit = base::equal_nocase(word, "8bit") || base::equal_nocase(word, "binary");
    }
    if (eight_bit)
        held_ = header_;
    else
        out += header_;
    header_.clear();
}

void MimeDowngrade::take_content_type(std::string_view value) {
    std::string type = base::lower(first_word(value));
    boundary_ = parameter(value, "boundary");
    type_ = Type::leaf;
    if (type.starts_with("multipart/") && !boundary_.empty())
        type_ = Type::multipart;
    else if (type == "message/rfc822" || type == "message/global")
        type_ = Type::message;
    else if (type.starts_with("multipart/") || type.starts_with("message/"))
        type_ = Type::untouched;  // RFC 2045 section 6.4: no encoding of its content is allowed
    digest_ = type == "multipart/digest";
}

void MimeDowngrade::end_headers(std::string& out) {
    encoding_ = type_ == Type::leaf && !held_.empty();
    if (encoding_)
        out += "Content-Transfer-Encoding: quoted-printable\r\n";
    else if (type_ == Type::untouched)
        out += held_;
    else if (!held_.empty())
        out += "Content-Transfer-Encoding: 7bit\r\n";
    out += "\r\n";
    in_headers_ = false;
    if (type_ == Type::multipart && levels_.size() < most_levels)
        levels_.push_back({"--" + boundary_, digest_});
    if (type_ == Type::message)
        begin_part(Type::leaf);
}

void MimeDowngrade::begin_part(Type usual) {
    in_headers_ = true;
    encoding_ = false;
    type_ = usual;
    boundary_.clear();
    held_.clear();
}

std::optional<size_t> MimeDowngrade::delimited(std::string_view text) const {
    if (!text.starts_with("--"))
        return std::nullopt;
    for (size_t level = levels_.size(); level > 0; --level)
        if (text.starts_with(levels_[level - 1].delimiter))
            return level - 1;
    return std::nullopt;
}

void MimeDowngrade::cross(size_t level, std::string_view text) {
    bool closes = text.substr(levels_[level].delimiter.size()).starts_with("--");
    begin_part(levels_[level].digest ? Type::message : Type::leaf);
    levels_.resize(closes ? level : level + 1);
    // What follows the last part belongs to none.
    in_headers_ = !closes;
}

}  // namespace smtp
