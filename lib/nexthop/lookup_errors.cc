#include "lib/nexthop/lookup_errors.h"

namespace nexthop {

using State = dns::Answer::State;

void LookupErrors::add(State state, std::string_view reason) {
    bool was_soft = worst_ && worst_->dsn.klass == 4;
    in_trouble_ = in_trouble_ || state == State::retry || state == State::fatal;
    mail::Dsn dsn{5, 4, 4};
    if (state == State::retry)
        dsn = {4, 4, 3};
    else if (state == State::fatal)
        dsn = {5, 4, 3};
    if (was_soft && (state == State::fatal || state == State::invalid))
        return;
    if (was_soft && state == State::none)
        dsn.klass = 4;
    worst_ = Absence{dsn, std::string(reason)};
}

Absence LookupErrors::give_up(bool force_soft) {
    if (!worst_)
        worst_ = Absence{{5, 4, 4}, "no address found"};
    if (force_soft)
        worst_->dsn = {4, 4, 4};
    return *worst_;
}

}  // namespace nexthop
