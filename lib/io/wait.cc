#include "lib/io/wait.h"

#include "lib/io/loop.h"

namespace io {

void Strand::cancel() {
    if (std::exchange(cancelled, true))
        return;
    if (pending != nullptr)
        pending->cancel();
}

bool Wait::suspend(std::coroutine_handle<> handle, Strand* strand) {
    handle_ = handle;
    strand_ = strand;
    cancelled_ = timed_out_ = false;
    bool disturbed = strand_ != nullptr && strand_->cancelled;
    if (disturbed && !puts_off_cancelling() && !(undisturbed() && strand_->told)) {
        cancelled_ = true;
        return false;
    }
    if (begin())
        return false;
    sleeping_ = true;
    if (strand_ != nullptr)
        strand_->pending = this;
    if (deadline_ != never)
        loop().timers().arm(*this, deadline_);
    return true;
}

void Wait::leave() {
    sleeping_ = false;
    disarm();
    if (strand_ != nullptr)
        strand_->pending = nullptr;
    loop().post(handle_);
}

void Wait::wake() {
    if (sleeping_)
        leave();
}

void Wait::cancel() {
    if (!sleeping_ || puts_off_cancelling())
        return;
    abandon();
    cancelled_ = true;
    leave();
}

void Wait::expired() {
    if (!sleeping_)
        return;
    abandon();
    timed_out_ = true;
    leave();
}

bool Wait::finish() {
    if (cancelled_) {
        strand_->told = true;
        throw Cancelled();
    }
    return !timed_out_;
}

}  // namespace io
