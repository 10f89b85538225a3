// MessageFilter completes the content of one message on its way into the spool.
//
// It takes content in chunks cut anywhere (lines end in CRLF) and holds at most one kilobyte of it,
// or one header whose addresses are to be rewritten.
// Headers are read: those that are to be dropped are, those that are missing are added behind the
// last one, what only looks like a header section gets its empty line. A CR or LF on its own
// becomes a space. When the headers end, the message ID is known and logged.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/cleanup/headers_seen.h"
#include "lib/cleanup/options.h"
#include "lib/cleanup/tls_headers.h"

namespace cleanup {

class MessageFilter {
  public:
    struct About {
        std::string queue_id;
        std::string sender;
        base::WallTime arrival{};
        bool complete_headers = false;  // a local client's mail: add what is missing
        std::string full_name = {};     // of a local sender, for a From: that is missing
        bool hold_addresses = false;    // headers with addresses are to be rewritten
        mail::TlsWish tls_wish = mail::TlsWish::as_configured;  // of the envelope
    };

    // `options` must outlive the filter. `hops` counts the Received: headers already put before.
    MessageFilter(const Options& options, About about, unsigned hops);

    // Appends the content to store to `out`.
    void feed(std::string_view chunk, std::string& out);
    // The message is complete: what was held follows, a last line without CRLF gets one.
    void finish(std::string& out);

    // A header with addresses in what was appended to `out`: its name, its value, its line end.
    struct AddressHeader {
        size_t begin;
        size_t size;
        bool of_sender;
    };
    // Those in the last `out`, which is to be rewritten before more is fed. They come whole, with
    // all their lines; a header of more than 100 KiB does not come at all.
    std::vector<AddressHeader> take_address_headers() { return std::exchange(found_, {}); }
    bool has_address_headers() const { return !found_.empty(); }

    bool too_many_hops() const;
    // With its <>; "" while the headers have not ended, and for a message that has none.
    const std::string& message_id() const { return message_id_; }
    // Of envelope and headers, once these have ended.
    mail::TlsWish tls_wish() const { return std::max(about_.tls_wish, tls_headers_.wish()); }

  private:
    enum class Part { first_line, headers, long_line, body };

    void scan(std::string_view text, std::string& out);
    std::string_view scan_headers(std::string_view text, std::string& out);
    void header_line(std::string& out);
    bool dropped(std::string_view name) const;
    void note_header(std::string_view line);
    void note_id(std::string_view text);
    bool lacks_demand() const;
    void end_headers(std::string& out);
    std::string& sink(std::string& out) { return holding_ ? held_ : out; }
    void hold(std::string_view name);
    void release(std::string& out);
    void pass_on(std::string& out);

    const Options& options_;
    About about_;
    HeadersSeen seen_;
    TlsHeaders tls_headers_;
    unsigned hops_;
    Part part_ = Part::first_line;
    bool cr_held_ = false;
    bool line_open_ = false;  // the last byte given out was no LF
    bool in_id_ = false;      // the header at hand is the message ID
    bool dropping_ = false;   // so is the header at hand
    std::string line_;        // the start of the header line at hand
    std::string message_id_;
    bool holding_ = false;  // the header at hand has addresses
    bool of_sender_ = false;
    std::string held_;  // what of it has come
    std::vector<AddressHeader> found_;
};

}  // namespace cleanup
