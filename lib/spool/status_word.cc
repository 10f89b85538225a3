#include "lib/spool/status_word.h"

#include <cstring>

#include "lib/base/siphash.h"

namespace spool {

uint64_t status_word(const RecordRef& ref, uint32_t recipient, RecipientState state) {
    char input[16];
    auto number = static_cast<uint32_t>(state);
    std::memcpy(input, &ref.offset, 8);
    std::memcpy(input + 8, &recipient, 4);
    std::memcpy(input + 12, &number, 4);
    return base::siphash(ref.epoch, {input, sizeof input});
}

RecipientState state_of(uint64_t word, const RecordRef& ref, uint32_t recipient) {
    using enum RecipientState;
    if (word == 0)  // as a claim leaves it
        return pending;
    for (RecipientState state : {done, delivered, failed_owed, reported})
        if (word == status_word(ref, recipient, state))
            return state;
    return pending;
}

}  // namespace spool
