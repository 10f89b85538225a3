#include "lib/io/timer.h"

namespace io {

void Timer::disarm() {
    if (queue_ != nullptr)
        queue_->disarm(*this);
}

TimerQueue::~TimerQueue() {
    for (Timer* timer : heap_)
        timer->queue_ = nullptr;
}

void TimerQueue::put(size_t place, Timer* timer) {
    heap_[place] = timer;
    timer->place_ = place;
}

// Moves the timer at `place` up or down to where the heap's order wants it.
void TimerQueue::settle(size_t place) {
    Timer* timer = heap_[place];
    while (place > 0 && timer->at_ < heap_[(place - 1) / 2]->at_) {
        put(place, heap_[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    for (size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
        if (child + 1 < heap_.size() && heap_[child + 1]->at_ < heap_[child]->at_)
            ++child;
        if (timer->at_ <= heap_[child]->at_)
            break;
        put(place, heap_[child]);
        place = child;
    }
    put(place, timer);
}

void TimerQueue::arm(Timer& timer, Instant at) {
    if (at == never) {
        timer.disarm();
        return;
    }
    timer.at_ = at;
    if (timer.queue_ == nullptr) {
        timer.queue_ = this;
        timer.place_ = heap_.size();
        heap_.push_back(&timer);
    }
    settle(timer.place_);
}

void TimerQueue::disarm(Timer& timer) {
    size_t place = timer.place_;
    Timer* last = heap_.back();
    heap_.pop_back();
    timer.queue_ = nullptr;
    if (last == &timer)
        return;
    put(place, last);
    settle(place);
}

bool TimerQueue::expire(Instant now) {
    bool any = false;
    while (next() <= now) {
        Timer* timer = heap_.front();
        disarm(*timer);
        timer->expired();
        any = true;
    }
    return any;
}

}  // namespace io
