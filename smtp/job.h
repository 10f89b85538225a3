// Job is one delivery request on its way to one outcome for each recipient.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/time.h"
#include "lib/ipc/delivery.h"
#include "lib/mail/outcome.h"
#include "smtp/approach.h"
#include "smtp/budget.h"
#include "smtp/failover_settings.h"
#include "smtp/options.h"
#include "smtp/outgoing.h"
#include "smtp/plan.h"
#include "smtp/queue.h"
#include "smtp/trouble.h"

namespace smtp {

// What log lines say about the way of a message besides its outcome.
struct Way {
    std::string relay = "none";
    std::string tls;             // "encrypt": what was wanted, and came of it; "" for nothing
    unsigned uses = 0;           // messages of this connection so far, this one included
    base::WallTime taken_up{};   // when work on the message began
    base::WallTime connected{};  // when it could be sent; ends the third delay
};

class Job {
  public:
    // `options` and `queue` outlive the job.
    Job(ipc::DeliveryRequest request, const Options& options, Queue& queue);

    const ipc::DeliveryRequest& request() const { return request_; }
    Plan& plan() { return plan_; }
    // How it looks for a way around what does not work.
    const Failover& failover() const { return failover_; }
    // Its next hop may have settings of its own, to be found before the plan is asked.
    bool lacks_settings() const { return options_.policies && !knows_settings_; }
    io::Task<void> find_settings();
    // How it is to approach a host of one of its destinations; null where that is not known yet,
    // which it always is when there is but one approach.
    const FoundApproach* approach(size_t site, const nexthop::Endpoint& endpoint) const {
        return approaches_.of(site, endpoint.host,
                              endpoint.address.is_inet() ? endpoint.port() : uint16_t{0});
    }
    // What it demands of a server there, once that is known.
    RequireTls demand(size_t site, const nexthop::Endpoint& endpoint) const {
        const FoundApproach* found = approach(site, endpoint);
        return found == nullptr ? RequireTls::disable : found->demand;
    }
    // Whether it asks nothing of a server's TLS there, for all that is known.
    bool may_go_under_any_tls(size_t site, const nexthop::Endpoint& endpoint) const {
        const FoundApproach* found = approach(site, endpoint);
        return found == nullptr ? request_.tls_wish == mail::TlsWish::optional : found->any_tls;
    }
    bool one_approach() const { return approaches_.complete(); }
    io::Task<void> find_approach(size_t site, nexthop::Endpoint endpoint);
    const Plan& plan() const { return plan_; }
    Way& way() { return way_; }
    // Work on it begins; again where it looks for another place.
    void take_up();

    // What servers are shown of the message; the sender and the addresses are those of the request
    // unless show_as() said otherwise.
    bool showable() const { return shown_.has_value() || !options_.outgoing.change(); }
    void show_as(Shown shown) { shown_ = std::move(shown); }
    const std::string& sender() const { return shown_ ? shown_->sender : request_.sender; }
    const std::string& address(uint32_t place) const {
        return shown_ ? shown_->recipients[place] : request_.recipients[place].address;
    }
    // The content's bytes.
    uint64_t size() const;
    // `content`, with its headers as servers see them. The job outlives it.
    std::unique_ptr<spool::MessageSource> as_shown(
        std::unique_ptr<spool::MessageSource> content) const;

    // Recipients without an outcome, as places in request().recipients.
    std::vector<uint32_t> open() const;
    bool settled() const { return left_ == 0; }

    // The end of the turn of a relay that is asked now, where another one could be (budget.h). The
    // first one to be asked begins the attempt.
    base::Instant turn_ends();

    // It may do without TLS there that is only wished for and does not work: it has waited long
    // enough, and does not demand any itself.
    bool may_go_plain(size_t site, const nexthop::Endpoint& endpoint) const;

    // The server was ready for mail: what goes wrong from now on is not the destination's trouble.
    void reached() { reached_ = true; }

    // The server has the message for these recipients (would take it, where that alone is asked):
    // they are marked in the queue, then logged. `tells`: it tells the sender of it, if need be.
    void sent(const std::vector<uint32_t>& places, const mail::Reply& reply, bool tells);
    // `trouble` as it concerns the message: a relay's own returns no mail.
    Trouble judged(Trouble trouble) const;
    // What `trouble` means for these open recipients, or for all: an outcome, or kept for the next
    // place.
    void failed(const std::vector<uint32_t>& places, const Trouble& trouble);
    void failed(const Trouble& trouble) { failed(open(), trouble); }
    // No place of its next hop is any good, and none is tried again before `wait` is over.
    // `of_tls`: mail that asks nothing of their TLS would find one.
    void all_down(base::Duration wait, bool of_tls);
    // All places that are any good have refused its login.
    void login_refused(const std::string& user, base::Duration wait);
    // No place is left: whoever is still open is deferred, or returned where no server was fit or
    // the destination does not exist.
    void give_up();

    // When settled().
    ipc::DeliveryReport report() const;
    ipc::InFlight in_flight() const;

  private:
    // What is known of one recipient while it has no outcome.
    struct Standing {
        bool settled = false;
        std::optional<Trouble> last;  // what the last place said
    };

    Trouble spared(Trouble last);
    void log_going_on(const Trouble& trouble) const;
    void fail(uint32_t place, const Trouble& trouble);
    void settle(uint32_t place, mail::Outcome outcome);
    void settle(uint32_t place, mail::Status status, const Trouble& trouble);

    ipc::DeliveryRequest request_;
    const Options& options_;
    Queue& queue_;
    Failover failover_;
    bool knows_settings_ = false;
    Plan plan_;
    KnownApproaches approaches_;
    std::vector<Standing> standings_;  // by place
    size_t left_;
    std::vector<mail::Outcome> outcomes_;
    std::vector<uint32_t> told_by_next_host_;  // indices
    std::optional<Trouble> destination_;
    std::optional<base::Duration> down_for_;  // all_down()
    bool down_of_tls_ = false;
    std::optional<Trouble> refused_;  // its login, everywhere
    std::optional<Shown> shown_;
    std::optional<Budget> budget_;
    bool reached_ = false;
    bool warned_ = false;  // of a relay in the configuration
    Way way_;
};

}  // namespace smtp
