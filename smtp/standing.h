// Standing is what is known of one relay as mail of one next hop sees it: whether it may be used,
// and how it did.
//
// It counts as one connection to the relay from begin() on to its own end. Of a relay that nobody
// has blamed there is no record, and looking at it costs one look for changes in the table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "smtp/failover_settings.h"
#include "smtp/fitness.h"
#include "smtp/relays.h"

namespace smtp {

class Standing {
  public:
    // Nothing is known, and nobody is told anything.
    Standing() = default;
    // An endpoint or a next hop. `login`: who mail is at that endpoint (Relays::login_at). `relays`
    // outlive it.
    Standing(Relays& relays, health::Subject subject, Failover settings, Login login = {});
    Standing(Standing&& other) noexcept { *this = std::move(other); }
    Standing& operator=(Standing&& other) noexcept;
    ~Standing() { leave(); }

    // Whether anybody keeps an eye on it.
    bool watched() const { return settings_ && settings_->health; }
    const health::Subject& subject() const { return subject_; }
    // As log lines call it.
    const std::string& label() const { return subject_.label; }

    Fitness fitness() const;
    // Of the login alone. One that was refused is barred until its time is over, whatever else is
    // left, so that nobody's account is locked.
    Fitness login_fitness() const;
    // But for the login it might be used.
    bool barred_by_login() const;
    base::Duration until_login() const;
    const Login& login() const { return login_; }
    // How the record reads; of a healthy one that has none, as new.
    health::View view() const;

    // Whether anybody is told how mail does there.
    bool counts() const { return relays_ != nullptr; }
    // Mail asks nothing of its TLS: when it is down for not meeting the policy of other mail, that
    // is not looked at, nor is anybody told how this mail did.
    void overlook_policy();

    // Before a connection is tried; false when it is full, or the lease to probe is another's.
    bool begin(Fitness as);
    // It is ready for mail.
    void ready(base::Duration took);
    // A message was taken.
    void succeeded();
    // What went wrong there, with that message; and what that turns out to be, for the log.
    health::Reason failed(health::Reason reason, std::string_view queue_id);
    // It is much slower than its peers.
    void eject_slow();
    // What a message of so many bytes took from its DATA on.
    void transferred(base::Duration took, uint64_t bytes);

    // Of a next hop that is wholly down: one try of it in `time`. False when another has it,
    // until_turn() from now.
    bool take_turn(base::Duration time);
    base::Duration until_turn() const;
    // Of a next hop: it was down for one of these causes, and is not any more.
    void recovered(std::initializer_list<health::Reason> causes);

  private:
    using Found = std::optional<health::Record>;

    void look() const;
    health::Record made() const;
    health::Subject identity() const;
    Fitness fitness_of(const Found& record, bool looked_after) const;
    void end_probe();
    void leave();

    Relays* relays_ = nullptr;
    Failover settings_;
    health::Subject subject_;
    Login login_;
    // The records as they were found when the table had that many changes.
    mutable Found record_;
    mutable Found identity_;
    mutable std::optional<uint64_t> seen_;
    Found counted_;  // the record that counts this connection
    bool probing_ = false;
    bool ready_ = false;
};

}  // namespace smtp
