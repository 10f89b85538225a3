#include "smtp/job.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtp/log.h"

namespace smtp {

Job::Job(ipc::DeliveryRequest request, const Options& options, Queue& queue)
    : request_(std::move(request)),
      options_(options),
      queue_(queue),
      plan_(parse_nexthop(request_.nexthop, options.port)),
      tried_(plan_.size()),
      standings_(request_.recipients.size()),
      left_(request_.recipients.size()) {
    outcomes_.reserve(left_);
}

std::vector<uint32_t> Job::open() const {
    std::vector<uint32_t> places;
    places.reserve(left_);
    for (uint32_t place = 0; place < standings_.size(); ++place)
        if (!standings_[place].settled)
            places.push_back(place);
    return places;
}

std::optional<size_t> Job::next_stop() const {
    auto found = std::find(tried_.begin(), tried_.end(), false);
    if (found == tried_.end())
        return std::nullopt;
    return found - tried_.begin();
}

void Job::sent(const std::vector<uint32_t>& places, const mail::Reply& reply) {
    queue_.delivered(request_, places);
    std::string reason = base::printable(reply.one_line());
    mail::Dsn dsn = reply.dsn && reply.dsn->klass == 2 ? *reply.dsn : mail::Dsn{2, 0, 0};
    for (uint32_t place : places) {
        mail::Outcome outcome;
        outcome.status = mail::Status::sent;
        outcome.dsn = dsn;
        outcome.reason = reason;
        settle(place, std::move(outcome));
    }
}

Trouble Job::softened(Trouble trouble) const {
    if (options_.soft_bounce && trouble.kind == Trouble::Kind::refused) {
        trouble.kind = Trouble::Kind::next;
        trouble.dsn.klass = 4;
    }
    return trouble;
}

void Job::failed(const std::vector<uint32_t>& places, const Trouble& hard) {
    Trouble trouble = softened(hard);
    if (trouble.destination && trouble.kind == Trouble::Kind::next)
        destination_ = trouble;
    log_going_on(trouble);
    for (uint32_t place : places)
        fail(place, trouble);
}

void Job::log_going_on(const Trouble& trouble) const {
    bool passed_over = trouble.kind == Trouble::Kind::next || trouble.kind == Trouble::Kind::unfit;
    if (trouble.unconnected)
        log::no_connection(trouble);
    else if (passed_over && next_stop())
        log::going_on(request_, trouble);
}

void Job::fail(uint32_t place, const Trouble& trouble) {
    std::optional<Trouble>& last = standings_[place].last;
    switch (trouble.kind) {
        case Trouble::Kind::refused:
            return settle(place, mail::Status::bounced, trouble);
        case Trouble::Kind::ambiguous:
        case Trouble::Kind::local:
            return settle(place, mail::Status::deferred, trouble);
        case Trouble::Kind::unfit:
            // A server that might have taken it later outweighs one that never will.
            if (!last || last->kind == Trouble::Kind::unfit)
                last = trouble;
            return;
        case Trouble::Kind::next:
            last = trouble;
            return;
    }
}

void Job::give_up() {
    for (uint32_t place : open()) {
        const std::optional<Trouble>& last = standings_[place].last;
        if (!last)
            base::log::panic(base::text(request_.queue_id, ": given up without a reason"));
        bool unfit = last->kind == Trouble::Kind::unfit && !options_.soft_bounce;
        settle(place, unfit ? mail::Status::bounced : mail::Status::deferred, *last);
    }
}

void Job::settle(uint32_t place, mail::Status status, const Trouble& trouble) {
    mail::Outcome outcome;
    outcome.status = status;
    outcome.dsn = trouble.dsn;
    outcome.dsn.klass = status == mail::Status::bounced ? 5 : 4;
    outcome.reason = trouble.reason;
    outcome.remote_mta = trouble.remote_mta;
    outcome.diagnostic = trouble.diagnostic;
    settle(place, std::move(outcome));
}

void Job::settle(uint32_t place, mail::Outcome outcome) {
    if (standings_.at(place).settled)
        base::log::panic(base::text(request_.queue_id, ": a second outcome for one recipient"));
    const ipc::DeliveryRecipient& recipient = request_.recipients[place];
    outcome.recipient = recipient.index;
    outcome.relay = way_.relay;
    log::outcome(request_, recipient, way_, outcome);
    outcomes_.push_back(std::move(outcome));
    standings_[place].settled = true;
    standings_[place].last.reset();
    --left_;
}

ipc::DeliveryReport Job::report() const {
    ipc::DeliveryReport report;
    report.id = request_.id;
    report.outcomes = outcomes_;
    if (destination_ && !reached_) {
        report.destination_trouble = destination_->reason;
        report.trouble_dsn = destination_->dsn;
    }
    return report;
}

ipc::InFlight Job::in_flight() const {
    ipc::InFlight flight{request_.id, request_.queue_id, request_.message, {}};
    for (const ipc::DeliveryRecipient& recipient : request_.recipients)
        flight.recipients.push_back(recipient.index);
    return flight;
}

}  // namespace smtp
