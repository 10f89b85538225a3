// The envelope of a queue file as records, read and written.
//
// Attributes that nobody here knows go through Envelope::more and come out as they were.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/spool/queue_file.h"
#include "lib/spool/queue_record.h"

namespace spool {

// Attributes of our own; Postfix's programs carry attributes they do not know along.
inline constexpr std::string_view check_attribute = "posthaste_check=";
inline constexpr std::string_view size_attribute = "posthaste_size=";
inline constexpr std::string_view dots_attribute = "posthaste_dots=";

// Postfix's attribute for what a sender asks of the way, and those of its bits that are known here.
namespace send_options {
inline constexpr std::string_view name = "sendopts";
inline constexpr uint32_t tls_optional = 16;  // header TLS-Required: no
inline constexpr uint32_t tls_required = 32;  // REQUIRETLS
}  // namespace send_options

// Takes the records of both pieces of envelope, one after the other.
class EnvelopeReader {
  public:
    explicit EnvelopeReader(const std::string& queue_id) { file_.envelope.queue_id = queue_id; }

    void take(const QueueRecord& record);
    // Record bytes of the content, where the file says so.
    std::optional<uint64_t> content_bytes() const { return content_bytes_; }
    // Throws BadContent when something that every message has is missing.
    QueueFile finish();

  private:
    void take_attribute(std::string_view text);
    bool take_own(std::string_view text);
    void take_recipient(const QueueRecord& record);

    QueueFile file_;
    std::optional<uint64_t> content_bytes_;
    bool has_time_ = false;
    bool has_sender_ = false;
    mail::Recipient next_;  // what came ahead of a recipient's own record
};

// Appends everything ahead of the content but the size record. `at` is the file offset of `out`'s
// first byte, which the places count from; those done still have to be marked there.
std::vector<RecipientPlace> append_envelope(std::string& out, uint64_t at,
                                            const mail::Envelope& envelope,
                                            const std::vector<bool>& done);

// The size record, always of the same length.
std::string size_record(uint64_t content_bytes, uint64_t content_offset, size_t recipients);

// Queue files hold addresses without quotes; all else holds the external form.
std::string without_quotes(std::string_view external);
std::string with_quotes(std::string_view internal);

}  // namespace spool
