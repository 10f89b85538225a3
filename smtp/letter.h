// Letter is the content of one message as it goes onto the wire, piece by piece.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lib/esmtp/dot_stuff.h"
#include "lib/spool/message_source.h"
#include "smtp/mime_downgrade.h"

namespace smtp {

class Letter {
  public:
    // Content up to this size is one piece.
    static constexpr size_t piece_size = 65536;

    // `seven_bit` converts content for a server that takes no other.
    Letter(std::unique_ptr<spool::MessageSource> source, esmtp::DotStuffer::Framing framing,
           size_t line_limit, bool seven_bit = false);

    // The next piece, none behind the last one. The last piece holds the end of the content (with
    // DATA, the final dot) and is given only while the place in the queue is still that of this
    // message. Throws what spool::MessageSource throws.
    bool next(std::string& piece);
    // All pieces were given.
    bool over() const { return over_; }
    bool one_piece() const { return source_->size() <= piece_size; }

  private:
    std::unique_ptr<spool::MessageSource> source_;
    std::optional<MimeDowngrade> downgrade_;
    esmtp::DotStuffer stuffer_;
    uint64_t at_ = 0;
    bool over_ = false;
};

}  // namespace smtp
