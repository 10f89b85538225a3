// ReplyReader makes a Reply of the lines that a server sends.
//
// What a hostile server may send is limited here: lines behind the limit are dropped, an endless
// reply is malformed.
#pragma once

#include <cstddef>
#include <string_view>

#include "lib/mail/reply.h"

namespace esmtp {

class ReplyReader {
  public:
    static constexpr size_t kept_lines = 100;
    static constexpr size_t kept_bytes = 16384;
    static constexpr size_t most_lines = 10000;

    enum class Progress {
        more,       // further lines belong to this reply
        complete,   // take() has it
        noise,      // no line of a reply: as if it had not come
        malformed,  // the server does not speak SMTP: end the conversation
    };

    // `line` may still have its line end. Control characters become '?' before anyone logs them.
    Progress feed(std::string_view line);
    // The complete reply; the reader is ready for the next one.
    mail::Reply take();

  private:
    void keep(std::string_view text);

    mail::Reply reply_;
    size_t lines_ = 0;
    size_t bytes_ = 0;
};

}  // namespace esmtp
