#include "smtp/letter.h"

namespace smtp {

Letter::Letter(std::unique_ptr<spool::MessageSource> source, esmtp::DotStuffer::Framing framing,
               size_t line_limit, bool seven_bit)
    : source_(std::move(source)), stuffer_(framing, line_limit) {
    if (seven_bit)
        downgrade_.emplace();
}

bool Letter::next(std::string& piece) {
    piece.clear();
    if (over_)
        return false;
    uint64_t left = source_->size() - at_;
    std::string raw(std::min<uint64_t>(left, piece_size), '\0');
    size_t got = source_->read(raw, at_);
    if (got < raw.size())
        throw spool::BadContent("content ends early");
    at_ += got;
    if (downgrade_) {
        std::string converted;
        downgrade_->feed(raw, converted);
        if (at_ == source_->size())
            downgrade_->finish(converted);
        raw = std::move(converted);
    }
    piece.reserve(raw.size() + raw.size() / 32 + 16);
    stuffer_.feed(raw, piece);
    if (at_ < source_->size())
        return true;
    if (!source_->still_valid())
        throw spool::BadContent("content was replaced while it was sent");
    stuffer_.finish(piece);
    over_ = true;
    return true;
}

}  // namespace smtp
