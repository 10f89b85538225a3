// Rings tell qmgr how far a writer's segments are committed; they may be lost or doubled.
//
// A ring is {segment, epoch, committed offset}. A writer keeps one framed connection to public/qmgr
// and rings after commits; qmgr asks once a second, and every published segment is rung in answer.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/encode.h"
#include "lib/io/event.h"
#include "lib/io/task.h"
#include "lib/ipc/duplex.h"
#include "lib/spool/writer.h"

namespace ipc {

enum class RingFrame : uint8_t { rings = 1, ask = 2 };

struct Ring {
    uint32_t segment = 0;
    spool::Epoch epoch{};
    uint64_t committed = 0;

    bool operator==(const Ring&) const = default;
};

std::string encode_rings(const std::vector<Ring>& rings);
// Throws base::DecodeError.
std::vector<Ring> decode_rings(std::string_view payload);

// The doorbell of one writer process.
class RingClient {
  public:
    using Published = std::function<std::vector<Ring>()>;

    // `socket`: path of public/qmgr. `published` gives all segments that the writer holds, as
    // spool::Writer::published() has them.
    RingClient(std::string socket, Published published)
        : socket_(std::move(socket)), published_(std::move(published)) {}
    // Of what `writer` holds, which outlives this, at the qmgr of the queue directory that this
    // process stands in.
    explicit RingClient(const spool::Writer& writer);

    // Something was committed. Returns at once; what is committed in the same turn of the loop
    // goes out together, and a qmgr that is away or stands still holds up nobody.
    void ring() { changed_.set(); }

    // Keeps the connection, anew every second while there is no qmgr. Ends when its scope is
    // cancelled.
    io::Task<void> run();

  private:
    io::Task<void> converse(Duplex& link);
    io::Task<void> send(Duplex& link);

    std::string socket_;
    Published published_;
    io::Event changed_;
    bool all_ = false;               // also rings that did not change
    std::map<uint32_t, Ring> sent_;  // by segment
};

}  // namespace ipc
