// How a course ends that came to no place.
#include <algorithm>

#include "lib/io/loop.h"
#include "smtp/course.h"

namespace smtp {

using health::Reason;

// How the places are but for the message's login; remembers the last one that would do.
class Course::AnyLogin : public Plan::Judge {
  public:
    explicit AnyLogin(const Course& course) : course_(course) {}

    Fitness of(size_t site, const nexthop::Endpoint& endpoint) const override {
        Standing standing = course_.standing_of(site, endpoint);
        if (!standing.barred_by_login())
            return standing.fitness();
        barred = std::move(standing);
        return Fitness::good;
    }
    Fitness of_name(size_t site) const override { return course_.of_name(site); }

    mutable std::optional<Standing> barred;

  private:
    const Course& course_;
};

// How the places are for mail that asks nothing of their TLS.
class Course::AnyTls : public Plan::Judge {
  public:
    explicit AnyTls(const Course& course) : course_(course) {}

    Fitness of(size_t site, const nexthop::Endpoint& endpoint) const override {
        Standing standing = course_.standing_of(site, endpoint);
        standing.overlook_policy();
        return standing.fitness();
    }
    Fitness of_name(size_t site) const override { return course_.of_name(site); }

  private:
    const Course& course_;
};

// Nothing is wrong with the relays, but that they refuse this message's login: it is others' that
// goes on, and this one's when it has another login.
bool Course::give_up_for_login() {
    AnyLogin judge(*this);
    if (job_.plan().wholly_down(judge) || !judge.barred)
        return false;
    const std::string& user = judge.barred->login().user;
    health::Subject subject = relays_.nexthop_of_login(job_.request().nexthop, user);
    if (subject.key.size() < health::Table::longest_key) {
        relays_.refused(subject.key, job_.request().sender);
        Standing waiting(relays_, std::move(subject), job_.failover());
        waiting.failed(Reason::all_relays_down, "");
        // This process knows for whom to look, so it is the one that does.
        waiting.take_turn(3 * job_.failover()->probe_interval);
    }
    job_.login_refused(user, judge.barred->until_login());
    return true;
}

void Course::give_up() {
    if (!job_.plan().wholly_down(*this) || give_up_for_login())
        return;
    list_.failed(Reason::all_relays_down, "");
    base::Duration interval = job_.failover()->rules.all_down_probe_interval;
    base::Duration turn = list_.until_turn();
    bool of_tls = !job_.plan().wholly_down(AnyTls(*this));
    job_.all_down(turn > base::Duration(0) ? turn : interval, of_tls);
}

}  // namespace smtp
