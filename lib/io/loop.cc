#include "lib/io/loop.h"

#include <event2/event.h>

#include "lib/base/log.h"
#include "lib/io/scope.h"
#include "lib/io/wait.h"

namespace io {
namespace {

thread_local Loop* current = nullptr;

// So many resumptions may pass before descriptors are looked at again.
constexpr size_t turn_length = 1000;

}  // namespace

SystemClock& system_clock() {
    static SystemClock clock;
    return clock;
}

Loop& loop() {
    if (current == nullptr)
        base::log::panic("a task runs without a loop");
    return *current;
}

void detail::post(std::coroutine_handle<> handle) {
    loop().post(handle);
}

// The one libevent timer of a loop: wakes it for the first of its own timers.
struct Loop::Pulse {
    explicit Pulse(event_base* base)
        : timer(evtimer_new(
              base, [](int, short, void*) {}, nullptr)) {}
    ~Pulse() { event_free(timer); }
    event* timer;
};

Loop::Loop(Clock& clock) : clock_(clock), outer_(current) {
    event_config* config = event_config_new();
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    base_ = event_base_new_with_config(config);
    event_config_free(config);
    if (base_ == nullptr)
        base::log::panic("libevent gives no event base");
    pulse_ = std::make_unique<Pulse>(base_);
    current = this;
    at_turn_end(base::log::flush);
    read_clock();
}

Loop::~Loop() {
    end_turn();
    pulse_.reset();
    event_base_free(base_);
    current = outer_;
}

void Loop::read_clock() {
    now_ = clock_.now();
    wall_ = clock_.wall();
}

bool Loop::run_ready() {
    size_t left = turn_length;
    bool any = !ready_.empty();
    while (!ready_.empty() && left-- > 0 && !stopped_) {
        std::coroutine_handle<> next = ready_.front();
        ready_.pop_front();
        next.resume();
        while (!ended_.empty()) {
            Root* root = ended_.back();
            ended_.pop_back();
            root->destroy();
        }
    }
    return any;
}

void Loop::end_turn() {
    for (auto& hook : hooks_)
        hook();
}

// Waits for descriptors until `until`, or only looks at them when that has passed.
void Loop::poll(Instant until) {
    if (until <= now_) {
        event_base_loop(base_, EVLOOP_NONBLOCK);
        return;
    }
    if (until != never) {
        auto micros = (until - now_).count();
        timeval left{static_cast<time_t>(micros / 1'000'000),
                     static_cast<suseconds_t>(micros % 1'000'000)};
        evtimer_add(pulse_->timer, &left);
    }
    event_base_loop(base_, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY);
}

// How long there is nothing to do; log lines that wait for their receiver are something.
Instant Loop::sleep_until() const {
    if (!ready_.empty())
        return now_;
    Duration log = base::log::retry_in();
    return log == Duration::max() ? timers_.next() : std::min(timers_.next(), now_ + log);
}

void Loop::run() {
    stopped_ = false;
    while (!stopped_) {
        read_clock();
        timers_.expire(now_);
        run_ready();
        end_turn();
        if (!stopped_)
            poll(sleep_until());
    }
}

void Loop::run_until_idle() {
    stopped_ = false;
    for (bool any = true; any && !stopped_;) {
        read_clock();
        any = timers_.expire(now_);
        any = run_ready() || any;
        event_base_loop(base_, EVLOOP_NONBLOCK);
        any = any || !ready_.empty();
    }
    end_turn();
}

}  // namespace io
