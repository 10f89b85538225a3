// Queue is what delivery needs of the spool: content to send, recipients to mark.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/ipc/delivery.h"
#include "lib/spool/message_source.h"

namespace smtp {

class Queue {
  public:
    virtual ~Queue() = default;

    // Throws what spool::MessageSource throws.
    virtual std::unique_ptr<spool::MessageSource> open(const ipc::DeliveryRequest& request) = 0;
    // The whole envelope. Throws as open() does.
    virtual mail::Envelope envelope(const ipc::DeliveryRequest& request) = 0;
    // Notes that these places of request.recipients have the message, so that no later process
    // tries them again. Trouble is logged: the message was delivered all the same.
    virtual void delivered(const ipc::DeliveryRequest& request,
                           const std::vector<uint32_t>& places) = 0;
};

}  // namespace smtp
