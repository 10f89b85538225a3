#include "smtp/job.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "smtp/log.h"
#include "smtp/verdict.h"

namespace smtp {
namespace {

// When none of the places was any good, and another message has the turn to try them.
Trouble unusable(base::Duration wait) {
    auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    return lookup_trouble({4, 4, 1}, base::text("all relays unavailable, next probe in ",
                                                std::max<int64_t>(seconds, 1), "s"));
}

// A relay that cannot be found, or is this machine: RFC 3463 section 3.5.
Trouble not_found(Trouble trouble) {
    bool loops = trouble.dsn.subject == 4 && trouble.dsn.detail == 6;
    trouble.kind = Trouble::Kind::next;
    trouble.dsn = {4, 4, loops ? 6 : 3};
    return trouble;
}

// When all places were tried by way of connections that were there.
Trouble unavailable() {
    return lookup_trouble({4, 3, 0}, "server unavailable or unable to receive mail");
}

}  // namespace

Job::Job(ipc::DeliveryRequest request, const Options& options, Queue& queue)
    : request_(std::move(request)),
      options_(options),
      queue_(queue),
      failover_(options.failover),
      plan_(request_.nexthop, options.nexthop, request_.configured, request_.ask_first),
      approaches_(options.approaches, request_.tls_wish),
      standings_(request_.recipients.size()),
      left_(request_.recipients.size()) {
    outcomes_.reserve(left_);
}

io::Task<void> Job::find_settings() {
    FailoverSettings found = co_await options_.policies->of(request_.nexthop);
    failover_ = std::make_shared<FailoverSettings>(std::move(found));
    knows_settings_ = true;
}

bool Job::may_go_plain(size_t site, const nexthop::Endpoint& endpoint) const {
    return demand(site, endpoint) < RequireTls::starttls &&
           request_.active_since - request_.arrival >= options_.plain_after;
}

void Job::take_up() {
    if (way_.taken_up == base::WallTime())
        way_.taken_up = way_.connected = io::loop().wall();
}

io::Task<void> Job::find_approach(size_t site, nexthop::Endpoint endpoint) {
    if (approach(site, endpoint) != nullptr)
        co_return;
    plan_.begin();
    Visit visit(request_.nexthop, request_.sender, plan_.destination(site), endpoint);
    visit.tls_wish = request_.tls_wish;
    co_await approaches_.find(site, std::move(visit));
}

uint64_t Job::size() const {
    return request_.size + (shown_ ? static_cast<uint64_t>(growth(shown_->headers)) : 0);
}

std::unique_ptr<spool::MessageSource> Job::as_shown(
    std::unique_ptr<spool::MessageSource> content) const {
    if (!shown_ || shown_->headers.empty())
        return content;
    return std::make_unique<PatchedContent>(std::move(content), shown_->headers);
}

std::vector<uint32_t> Job::open() const {
    std::vector<uint32_t> places;
    places.reserve(left_);
    for (uint32_t place = 0; place < standings_.size(); ++place)
        if (!standings_[place].settled)
            places.push_back(place);
    return places;
}

base::Instant Job::turn_ends() {
    base::Instant now = io::loop().now();
    if (!budget_)
        budget_.emplace(failover_->attempt_budget, now);
    return budget_->turn_ends(now);
}

void Job::sent(const std::vector<uint32_t>& places, const mail::Reply& reply, bool tells) {
    queue_.delivered(request_, places);
    std::string reason = base::printable(reply.one_line());
    mail::Dsn dsn = reply.dsn && reply.dsn->klass == 2 ? *reply.dsn : mail::Dsn{2, 0, 0};
    for (uint32_t place : places) {
        mail::Outcome outcome;
        outcome.status = mail::Status::sent;
        outcome.dsn = dsn;
        outcome.reason = reason;
        if (tells && request_.recipients[place].notify != 0)
            told_by_next_host_.push_back(request_.recipients[place].index);
        settle(place, std::move(outcome));
    }
}

Trouble Job::judged(Trouble trouble) const {
    trouble = smtp::judged(std::move(trouble), failover_->health && plan_.is_configured_relay());
    if (options_.soft_bounce && trouble.kind == Trouble::Kind::refused) {
        trouble.kind = Trouble::Kind::next;
        trouble.dsn.klass = 4;
    }
    return trouble;
}

void Job::failed(const std::vector<uint32_t>& places, const Trouble& hard) {
    Trouble trouble = judged(hard);
    if (trouble.destination && trouble.kind == Trouble::Kind::next)
        destination_ = trouble;
    log_going_on(trouble);
    for (uint32_t place : places)
        fail(place, trouble);
}

void Job::log_going_on(const Trouble& trouble) const {
    bool passed_over = trouble.kind == Trouble::Kind::next ||
                       trouble.kind == Trouble::Kind::unfit ||
                       trouble.kind == Trouble::Kind::unreachable;
    if (trouble.unconnected)
        log::no_connection(trouble);
    else if (passed_over && plan_.more())
        log::going_on(request_, trouble);
}

void Job::fail(uint32_t place, const Trouble& trouble) {
    std::optional<Trouble>& last = standings_[place].last;
    switch (trouble.kind) {
        case Trouble::Kind::refused:
            return settle(place, mail::Status::bounced, trouble);
        case Trouble::Kind::ambiguous:
        case Trouble::Kind::local:
        case Trouble::Kind::later:
            return settle(place, mail::Status::deferred, trouble);
        case Trouble::Kind::unfit:
        case Trouble::Kind::unreachable:
            // A place that may take it later outweighs one that never will.
            if (!last || last->kind != Trouble::Kind::next)
                last = trouble;
            return;
        case Trouble::Kind::next:
            last = trouble;
            return;
    }
}

void Job::all_down(base::Duration wait, bool of_tls) {
    down_for_ = wait;
    down_of_tls_ = of_tls;
}

void Job::login_refused(const std::string& user, base::Duration wait) {
    auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    Trouble trouble;
    trouble.dsn = {4, 7, 8};
    trouble.reason =
        base::text("the login of ", base::printable(user),
                   " was refused, and is not tried again for ", std::max<int64_t>(seconds, 1), "s");
    refused_ = std::move(trouble);
}

// Where it is a relay's name that leads nowhere, the configuration may be wrong: mail waits.
Trouble Job::spared(Trouble last) {
    if (last.kind != Trouble::Kind::unreachable)
        return last;
    if (plan_.is_relayhost_or_list()) {
        if (!std::exchange(warned_, true))
            log::misconfigured("relayhost");
        return misconfigured(std::move(last));
    }
    bool configured = failover_->health && plan_.is_configured_relay();
    return configured ? not_found(std::move(last)) : last;
}

void Job::give_up() {
    Trouble none = down_for_ ? unusable(*down_for_) : refused_ ? *refused_ : unavailable();
    bool one_is_left =
        failover_->health && (plan_.is_configured_relay() ? plan_.more() : plan_.more_hosts());
    for (uint32_t place : open()) {
        Trouble last = spared(standings_[place].last.value_or(none));
        // What is down now may well be fit; but not another address of an exchanger that is not.
        if (last.kind == Trouble::Kind::unfit && one_is_left)
            last.kind = Trouble::Kind::next;
        bool hard = last.kind != Trouble::Kind::next && !options_.soft_bounce;
        if (!hard)
            last.dsn.klass = 4;
        if (!hard && last.destination)
            destination_ = last;
        settle(place, hard ? mail::Status::bounced : mail::Status::deferred, last);
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
    if (status == mail::Status::deferred) {
        outcome.retry_in = trouble.retry_in;
        outcome.ask_first = trouble.ask_first;
    }
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
    report.told_by_next_host = told_by_next_host_;
    if (destination_ && (!reached_ || down_for_)) {
        report.destination_trouble = destination_->reason;
        report.trouble_dsn = down_of_tls_ ? mail::Dsn{4, 7, 5} : destination_->dsn;
    }
    // Whose domain it is decides that itself: its hosts are not asked once a second.
    if (down_for_ && plan_.is_configured_relay() && !report.destination_trouble.empty())
        report.trouble_for = *down_for_;
    return report;
}

ipc::InFlight Job::in_flight() const {
    ipc::InFlight flight{request_.id, request_.queue_id, request_.message, {}};
    for (const ipc::DeliveryRecipient& recipient : request_.recipients)
        flight.recipients.push_back(recipient.index);
    return flight;
}

}  // namespace smtp
