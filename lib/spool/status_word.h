// A status word says how far one recipient of one record is.
#pragma once

#include <array>
#include <cstdint>

#include "lib/spool/record_ref.h"

namespace spool {

enum class RecipientState : uint8_t {
    pending,
    delivered,
    failed_owed,  // failed for good, report owed; the reason is durable
    reported,     // the report is committed
    done,
};

// Nobody without the epoch can make one, and what is none reads as pending.
uint64_t status_word(const RecordRef& ref, uint32_t recipient, RecipientState state);
RecipientState state_of(uint64_t word, const RecordRef& ref, uint32_t recipient);

}  // namespace spool
