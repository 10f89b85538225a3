#include "lib/mail/reply.h"

#include "lib/base/text.h"

namespace mail {

namespace {

std::string joined(const Reply& reply, std::string_view between, std::string_view last) {
    std::string out;
    for (size_t i = 0; i < reply.lines.size(); ++i) {
        bool more = i + 1 < reply.lines.size();
        base::append(out, reply.code, more ? '-' : ' ', reply.lines[i], more ? between : last);
    }
    if (reply.lines.empty())
        base::append(out, reply.code, last);
    return out;
}

}  // namespace

Reply Reply::make(int code, std::string_view line) {
    Reply reply;
    reply.code = code;
    reply.dsn = Dsn::at_start_of(line);
    reply.lines.emplace_back(line);
    return reply;
}

std::string Reply::one_line() const {
    std::string line = joined(*this, " ", "");
    line.erase(line.find_last_not_of(' ') + 1);  // of a code without text
    return line;
}

std::string Reply::wire() const {
    return joined(*this, "\r\n", "\r\n");
}

Dsn Reply::dsn_or_default() const {
    if (dsn)
        return *dsn;
    int klass = code / 100;
    return Dsn{klass == 4 || klass == 5 ? klass : 2, 0, 0};
}

}  // namespace mail
