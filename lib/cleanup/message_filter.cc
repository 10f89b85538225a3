#include "lib/cleanup/message_filter.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/cleanup/log.h"
#include "lib/mail/header_line.h"

namespace cleanup {

namespace {

constexpr size_t peek = 1000;       // of a header line: more is passed on unread
constexpr size_t longest_id = 500;  // of a message ID, for the log

bool blank(char c) {
    return c == ' ' || c == '\t';
}

bool mailbox_line(std::string_view line) {
    auto text = line.substr(std::min(line.find_first_not_of('>'), line.size()));
    return base::starts_nocase(text, "From ");
}

}  // namespace

MessageFilter::MessageFilter(const Options& options, About about, unsigned hops)
    : options_(options), about_(std::move(about)), tls_headers_(options), hops_(hops) {}

bool MessageFilter::too_many_hops() const {
    return seen_.hops() + hops_ >= options_.hopcount_limit;
}

void MessageFilter::feed(std::string_view chunk, std::string& out) {
    const std::string_view stray = options_.replace_stray_cr_lf ? " " : "\r";
    if (cr_held_ && !chunk.empty()) {
        cr_held_ = false;
        bool line_end = chunk.front() == '\n';
        scan(line_end ? "\r\n" : stray, out);
        chunk.remove_prefix(line_end);
    }
    size_t from = 0;
    while (true) {
        size_t cr = chunk.find('\r', from);
        if (cr == chunk.npos)
            break;
        if (cr + 1 < chunk.size() && chunk[cr + 1] == '\n') {
            from = cr + 2;
            continue;
        }
        scan(chunk.substr(0, cr), out);
        chunk.remove_prefix(cr + 1);
        from = 0;
        if (chunk.empty())
            cr_held_ = true;
        else
            scan(stray, out);
    }
    scan(chunk, out);
}

void MessageFilter::finish(std::string& out) {
    if (cr_held_)
        scan(options_.replace_stray_cr_lf ? " " : "\r", out);
    cr_held_ = false;
    if (!line_.empty())
        scan("\r\n", out);
    if (line_open_)
        sink(out).append("\r\n");
    line_open_ = false;
    if (part_ != Part::body)
        end_headers(out);
}

void MessageFilter::scan(std::string_view text, std::string& out) {
    while (part_ != Part::body && !text.empty())
        text = scan_headers(text, out);
    if (text.empty())
        return;
    out.append(text);
    line_open_ = text.back() != '\n';
}

// Reads one header line, or as much of it as there is; returns what is left of `text`.
std::string_view MessageFilter::scan_headers(std::string_view text, std::string& out) {
    auto lf = text.find('\n');
    size_t length = lf == text.npos ? text.size() : lf + 1;
    if (part_ == Part::long_line) {
        if (!dropping_) {
            sink(out).append(text.substr(0, length));
            line_open_ = lf == text.npos;
            if (held_.size() > mail::longest_rewritten)
                pass_on(out);
        }
        if (lf != text.npos)
            part_ = Part::headers;
        return text.substr(length);
    }
    bool whole = lf != text.npos;
    if (line_.size() + length > peek) {
        length = peek - line_.size();
        whole = false;
    }
    line_.append(text.substr(0, length));
    if (whole || line_.size() == peek) {
        header_line(out);
        line_open_ = !whole && !dropping_;
        if (!whole && part_ != Part::body)
            part_ = Part::long_line;
    }
    return text.substr(length);
}

// `line_` is a line, or the first kilobyte of one.
void MessageFilter::header_line(std::string& out) {
    bool first = part_ == Part::first_line;
    std::string_view line = line_;
    if (first && mailbox_line(line)) {
        base::append(out, "X-Mailbox-Line: ", line);
    } else if (line == "\r\n" || line == "\n") {
        end_headers(out);
        out.append("\r\n");
    } else if (blank(line.front()) && !first) {
        if (in_id_)
            note_id(line);
        tls_headers_.goes_on(line);
        if (!dropping_)
            sink(out).append(line);
        if (held_.size() > mail::longest_rewritten)
            pass_on(out);
    } else if (!blank(line.front()) && !mail::header_name(line).empty()) {
        release(out);
        note_header(line);
        part_ = Part::headers;
        if (!dropping_)
            sink(out).append(line);
    } else {
        end_headers(out);
        base::append(out, "\r\n", line);
    }
    line_.clear();
}

bool MessageFilter::dropped(std::string_view name) const {
    return std::any_of(options_.drop_headers.begin(), options_.drop_headers.end(),
                       [name](const std::string& one) { return base::equal_nocase(one, name); });
}

// A header that is dropped was seen all the same: none is made in its place.
void MessageFilter::note_header(std::string_view line) {
    auto name = mail::header_name(line);
    dropping_ = dropped(name);
    if (about_.hold_addresses && !dropping_)
        hold(name);
    bool was_resent = seen_.resent();
    bool had_id = seen_.has_message_id();
    seen_.note(name);
    tls_headers_.begins(name, line);
    // The first one counts; that of a message sent again replaces that of the original.
    in_id_ = seen_.has_message_id() && (!had_id || was_resent != seen_.resent());
    if (in_id_) {
        message_id_.clear();
        note_id(line.substr(line.find(':') + 1));
    }
}

void MessageFilter::hold(std::string_view name) {
    mail::Addresses addresses = mail::addresses_in(name);
    holding_ = addresses != mail::Addresses::none;
    of_sender_ = addresses == mail::Addresses::of_senders;
}

// The header that was held, if any, is whole.
void MessageFilter::release(std::string& out) {
    if (!held_.empty())
        found_.push_back({out.size(), held_.size(), of_sender_});
    pass_on(out);
}

void MessageFilter::pass_on(std::string& out) {
    out.append(held_);
    held_.clear();
    holding_ = false;
}

void MessageFilter::note_id(std::string_view text) {
    text = base::trim(text);
    if (message_id_.size() + text.size() < longest_id)
        base::append(message_id_, message_id_.empty() ? "" : " ", text);
}

// REQUIRETLS of the envelope is kept where a content filter passes it on, unless an administrator
// has that header removed.
bool MessageFilter::lacks_demand() const {
    return options_.keeps_requiretls && about_.tls_wish == mail::TlsWish::required &&
           tls_headers_.wish() != mail::TlsWish::required && !dropped(requiretls_header);
}

void MessageFilter::end_headers(std::string& out) {
    release(out);
    part_ = Part::body;
    dropping_ = false;
    tls_headers_.ends();
    if (lacks_demand())
        base::append(out, requiretls_header, ": yes\r\n");
    if (about_.complete_headers || options_.always_add_missing_headers) {
        HeadersSeen::Facts facts{about_.queue_id, about_.sender, about_.arrival, about_.full_name};
        if (!seen_.has_message_id())
            message_id_ = HeadersSeen::new_message_id(options_, facts);
        out.append(seen_.missing(options_, facts, message_id_));
    } else if (!seen_.has_message_id()) {
        message_id_.clear();
    }
    log::message_id(about_.queue_id, message_id_, seen_.resent());
    if (too_many_hops())
        log::too_many_hops(about_.queue_id);
}

}  // namespace cleanup
