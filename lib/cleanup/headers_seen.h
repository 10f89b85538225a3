// HeadersSeen notes which headers a message has and makes those that it lacks.
#pragma once

#include <string>
#include <string_view>

#include "lib/base/time.h"
#include "lib/cleanup/options.h"

namespace cleanup {

class HeadersSeen {
  public:
    // What a missing header is made of.
    struct Facts {
        std::string_view queue_id;
        std::string_view sender;  // external form; "" is the null sender
        base::WallTime arrival;
        std::string_view full_name;  // of the sender; "" for none
    };

    void note(std::string_view name);
    unsigned hops() const { return hops_; }
    // The message was sent again by somebody: Resent- headers count (RFC 5322 section 3.6.6).
    bool resent() const { return resent_; }
    bool has_message_id() const { return has(message_id); }

    // A new Message-Id, in its <>.
    static std::string new_message_id(const Options& options, const Facts& facts);
    // The lines that are missing, Message-Id first (made of `id`).
    std::string missing(const Options& options, const Facts& facts, std::string_view id) const;

  private:
    // The same bit in its Resent- form is `bit << resent_shift`.
    enum Bit : unsigned { message_id = 1, date = 2, from = 4, visible_recipient = 8 };
    static constexpr unsigned resent_shift = 8;

    bool has(Bit bit) const { return (seen_ & (resent_ ? bit << resent_shift : bit)) != 0; }

    unsigned seen_ = 0;
    unsigned hops_ = 0;
    bool resent_ = false;
};

}  // namespace cleanup
