// Stream is a buffered conversation with one peer, over a Wire.
//
// What is put() goes out before the stream has to wait for the peer, so replies to pipelined
// commands leave together. A wait longer than the limit, or past the deadline, throws TimedOut;
// a failed connection throws Closed. One task uses a stream. An idle stream holds no buffers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/io/task.h"
#include "lib/io/wire.h"

namespace io {

class Stream {
  public:
    explicit Stream(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
    Stream(Stream&&) = default;
    Stream& operator=(Stream&&) = default;

    // From now on each wait for the peer may take so long.
    void limit(Duration each_wait) { limit_ = each_wait; }
    // No wait goes past this moment; io::never for none.
    void deadline(Instant at) { deadline_ = at; }

    // Bytes that came and were not consumed; valid until the next call that reads.
    std::string_view buffered() const { return std::string_view(in_).substr(taken_); }
    void consume(size_t bytes);
    // Gets more bytes behind buffered(); false at end of file.
    Task<bool> fill();
    // The next line with its LF, consumed, valid until the next call that reads. A longer line than
    // `most` gives its first `most` bytes and goes on in the next call; none at end of file (what
    // came without LF before it stays in buffered()).
    Task<std::optional<std::string_view>> line(size_t most);
    // The next `bytes` bytes, consumed, valid until the next call that reads; Closed at end of
    // file.
    Task<std::string_view> exactly(size_t bytes);

    void put(std::string_view bytes) { out_.append(bytes); }
    // Sends all that was put.
    Task<void> flush();
    // Sends all that was put if it is more than `high_water`.
    Task<void> drain(size_t high_water);
    size_t unsent() const { return out_.size() - sent_; }

    bool eof() const { return eof_; }
    int fd() const { return wire_->fd(); }
    Wire& wire() { return *wire_; }
    // Takes the wire out, for another to go on with; nothing may be buffered.
    std::unique_ptr<Wire> release_wire() { return std::move(wire_); }

  private:
    // Reads once, without waiting; true when that gave bytes or end of file.
    bool read_now();
    // Sends what goes without waiting; true when nothing is left.
    bool send_now();
    Instant wait_until() const;
    std::optional<std::string_view> line_now(size_t most);
    std::string_view take(size_t bytes);
    void release_buffers();

    std::unique_ptr<Wire> wire_;
    std::string in_;
    std::string out_;
    size_t taken_ = 0;    // of in_
    size_t scanned_ = 0;  // of in_, known to hold no LF
    size_t sent_ = 0;     // of out_
    Duration limit_{Duration::max()};
    Instant deadline_ = never;
    bool eof_ = false;
};

}  // namespace io
