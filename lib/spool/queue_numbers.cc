#include "lib/spool/queue_numbers.h"

#include <algorithm>

#include "lib/base/error.h"

namespace spool {
namespace {

constexpr uint64_t largest_block = 1 << 18;

}  // namespace

uint64_t QueueNumbers::next() {
    if (block_.left == 0 && !take_ahead()) {
        try {
            block_ = {reserve_numbers(disk_, queue_directory_, block_size_), block_size_};
        } catch (const base::SystemError& error) {
            throw Refused(Refused::failed, error.what());
        }
    }
    if (block_.left == block_size_ / 2)
        reserve_ahead();
    --block_.left;
    return block_.first++;
}

bool QueueNumbers::take_ahead() {
    std::lock_guard hold(mutex_);
    block_ = ahead_;
    block_size_ = std::max(block_size_, block_.left);
    ahead_ = {};
    return block_.left > 0;
}

// A process that uses many takes larger blocks.
void QueueNumbers::reserve_ahead() {
    std::lock_guard hold(mutex_);
    if (reserving_ || ahead_.left > 0)
        return;
    reserving_ = true;
    uint64_t count = std::min(block_size_ * 2, largest_block);
    jobs_.post([this, count] {
        Block got;
        try {
            got = {reserve_numbers(disk_, queue_directory_, count), count};
        } catch (const base::SystemError&) {  // tried again, and told, when the last is used
        }
        std::lock_guard held(mutex_);
        ahead_ = got;
        reserving_ = false;
    });
}

}  // namespace spool
