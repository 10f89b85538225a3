#include "bounce/original.h"

#include "lib/spool/log_source.h"
#include "lib/spool/queue_file_content.h"
#include "lib/spool/queue_folders.h"

namespace bounce {

namespace {

constexpr size_t piece_size = 64 * 1024;
constexpr std::string_view header_ends = "\r\n\r\n";

}  // namespace

std::unique_ptr<spool::MessageSource> open_original(spool::Disk& disk,
                                                    const std::string& queue_directory,
                                                    const ipc::MessageRef& message) {
    if (auto record = std::get_if<spool::RecordRef>(&message))
        return std::make_unique<spool::LogSource>(
            spool::Content::open(disk, queue_directory, *record));
    const auto& file = std::get<ipc::FileRef>(message);
    spool::QueueFolders folders;
    folders.root = queue_directory;
    auto path = folders.find(file.queue, file.id);
    if (!path)
        throw spool::BadContent("the queue file is gone");
    return std::make_unique<spool::QueueFileContent>(*path);
}

// How much of `piece` belongs to the header, with the empty line that ends it.
size_t Returned::header_end(std::string_view piece) {
    std::string seen = last_ + std::string(piece);
    size_t at = seen.find(header_ends);
    size_t before = last_.size();
    last_ = seen.substr(seen.size() - std::min(seen.size(), header_ends.size() - 1));
    if (at == std::string::npos)
        return piece.size();
    over_ = true;
    return at + header_ends.size() - before;
}

std::string_view Returned::next() {
    if (over_)
        return {};
    piece_.resize(piece_size);
    piece_.resize(source_->read(piece_, offset_));
    offset_ += piece_.size();
    over_ = piece_.empty();
    if (!whole_ && !over_)
        piece_.resize(header_end(piece_));
    return piece_;
}

}  // namespace bounce
