#include "lib/mail/queue_id.h"

#include <stdexcept>

namespace mail {

namespace {

bool allowed(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

}  // namespace

QueueId::QueueId(std::string text) : text_(std::move(text)) {
    if (!valid(text_))
        throw std::invalid_argument("not a queue ID");
}

bool QueueId::valid(std::string_view text) {
    if (text.empty() || text.size() > 100)
        return false;
    for (char c : text)
        if (!allowed(c))
            return false;
    return true;
}

}  // namespace mail
