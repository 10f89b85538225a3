#include "lib/esmtp/end_of_data.h"

namespace esmtp {

size_t EndOfData::feed(std::string_view in, std::string& out) {
    size_t used = 0;
    while (used < in.size() && state_ != State::done) {
        // Whole lines and the inside of lines are copied in one piece; only their borders are
        // looked at byte by byte.
        size_t run = state_ == State::text ? text_run(in.substr(used), out) : 0;
        used += run;
        if (run == 0)
            step(in[used++], out);
    }
    return used;
}

// Copies as many lines as need no change; stops in front of anything that does: a dot at the start
// of a line, a bare LF, a CR that is last in the chunk.
size_t EndOfData::text_run(std::string_view in, std::string& out) {
    size_t good = 0;
    bool at_start = false;
    while (good < in.size() && !(at_start && in[good] == '.')) {
        size_t lf = in.find('\n', good);
        bool line = lf != in.npos && lf > good && in[lf - 1] == '\r';
        if (!line) {
            size_t stop = lf != in.npos ? lf : in.size() - (in.back() == '\r');
            at_start = at_start && stop == good;
            good = stop;
            break;
        }
        good = lf + 1;
        at_start = true;
    }
    out.append(in.substr(0, good));
    if (at_start) {
        state_ = State::line_start;
        strict_ = true;
    }
    return good;
}

void EndOfData::line_end(bool strict, std::string& out) {
    out.append("\r\n");
    state_ = State::line_start;
    strict_ = strict;
    bare_lf_ = bare_lf_ || !strict;
}

void EndOfData::step(char c, std::string& out) {
    switch (state_) {
        case State::line_start:
            if (c == '.') {
                state_ = State::dot;
                return;
            }
            break;
        case State::dot:
            if (c == '\r') {
                state_ = State::dot_cr;
                return;
            }
            if (c == '\n') {  // a lone dot that ends nothing: it stays, as text
                out.push_back('.');
                return line_end(false, out);
            }
            break;
        case State::dot_cr:
            if (c == '\n') {
                if (strict_) {
                    state_ = State::done;
                    return;
                }
                out.push_back('.');
                return line_end(true, out);
            }
            out.push_back('\r');
            break;
        case State::cr:
            if (c == '\n')
                return line_end(true, out);
            out.push_back('\r');
            break;
        case State::text:
        case State::done:
            break;
    }
    if (c == '\n')
        return line_end(false, out);
    if (c == '\r') {
        state_ = State::cr;
        return;
    }
    out.push_back(c);
    state_ = State::text;
}

void BdatText::feed(std::string_view in, std::string& out) {
    while (!in.empty()) {
        auto lf = in.find('\n');
        if (lf == in.npos) {
            out.append(in);
            last_ = in.back();
            return;
        }
        char before = lf == 0 ? last_ : in[lf - 1];
        out.append(in.substr(0, lf));
        if (before != '\r') {
            out.push_back('\r');
            bare_lf_ = true;
        }
        out.push_back('\n');
        last_ = '\n';
        in.remove_prefix(lf + 1);
    }
}

}  // namespace esmtp
