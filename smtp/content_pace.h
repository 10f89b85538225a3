// ContentPace limits how long a server may take over the content of one message.
#pragma once

#include <algorithm>

#include "lib/io/loop.h"
#include "lib/io/stream.h"
#include "smtp/options.h"

namespace smtp {

class ContentPace {
  public:
    explicit ContentPace(const Options& options) : options_(options), left_(options.data_xfer) {}

    // Before `bytes` are sent. Each wait has data_xfer; with per_request_deadline, all waits
    // together have that, and what the bytes are worth at the least rate.
    void begin(io::Stream& stream, size_t bytes) {
        stream.limit(options_.data_xfer);
        begun_ = io::loop().now();
        left_ += std::chrono::seconds(bytes / options_.least_rate);
        if (options_.per_request_deadline)
            stream.deadline(begun_ + left_);
    }
    // They are on their way. Time that was not needed is not saved up.
    void sent(io::Stream& stream) {
        left_ = std::min(left_ - (io::loop().now() - begun_), options_.data_xfer);
        stream.deadline(io::never);
    }

  private:
    const Options& options_;
    base::Duration left_;
    base::Instant begun_;
};

}  // namespace smtp
