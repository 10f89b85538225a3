#include "qmgr/in_place.h"

#include "lib/base/text.h"

namespace qmgr {

namespace {

mail::Outcome answer(mail::Status status, mail::Dsn dsn, std::string_view text) {
    mail::Outcome outcome;
    outcome.status = status;
    outcome.relay = "none";
    text = base::trim(text);
    if (auto own = mail::Dsn::at_start_of(text)) {
        text = base::trim(text.substr(own->text().size()));
        // A code of another class would say the opposite of what is done.
        if (own->klass == dsn.klass)
            dsn = *own;
    }
    outcome.dsn = dsn;
    outcome.reason = text;
    return outcome;
}

}  // namespace

mail::Outcome return_to_sender(std::string_view why) {
    return answer(mail::Status::bounced, {5, 0, 0}, why);
}

std::optional<mail::Outcome> deliver_in_place(std::string_view command, std::string_view service,
                                              std::string_view nexthop) {
    if (command == "discard")
        return answer(mail::Status::sent, {2, 0, 0}, nexthop);
    if (command == "error" && service == "retry")
        return answer(mail::Status::deferred, {4, 0, 0}, nexthop);
    if (command == "error")
        return answer(mail::Status::bounced, {5, 0, 0}, nexthop);
    return std::nullopt;
}

}  // namespace qmgr
