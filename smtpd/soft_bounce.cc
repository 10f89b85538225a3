#include "smtpd/soft_bounce.h"

namespace smtpd {

mail::Reply softened(mail::Reply reply, const Options& options) {
    if (!options.soft_bounce || !reply.permanent())
        return reply;
    reply.code -= 100;
    for (std::string& line : reply.lines)
        if (std::optional<mail::Dsn> dsn = mail::Dsn::at_start_of(line); dsn && dsn->klass == 5)
            line.front() = '4';
    if (reply.dsn)
        reply.dsn->klass = 4;
    return reply;
}

}  // namespace smtpd
