// TlsHeaders reads what the headers of a message ask of the TLS of its way.
//
// "TLS-Required: no" (RFC 8689 section 3) makes TLS optional; "Require-TLS-ESMTP: yes" stands for a
// REQUIRETLS that a program in between could not pass on otherwise, and is stronger. Any other
// value says nothing.
#pragma once

#include <string>
#include <string_view>

#include "lib/cleanup/options.h"
#include "lib/mail/envelope.h"

namespace cleanup {

inline constexpr std::string_view requiretls_header = "Require-TLS-ESMTP";

class TlsHeaders {
  public:
    // Only what `options` allow is read.
    explicit TlsHeaders(const Options& options) : options_(options) {}

    // A header of this name begins; `line` has its line end, or is the start of a long one.
    void begins(std::string_view name, std::string_view line);
    // It goes on with another line.
    void goes_on(std::string_view line) {
        if (asked_ != mail::TlsWish::as_configured)
            take(line);
    }
    // The header at hand is whole.
    void ends();

    // The strongest wish of the headers that have ended.
    mail::TlsWish wish() const { return wish_; }

  private:
    void take(std::string_view text);

    const Options& options_;
    mail::TlsWish wish_ = mail::TlsWish::as_configured;
    mail::TlsWish asked_ = mail::TlsWish::as_configured;  // by the header at hand, if it means it
    std::string value_;                                   // of that header, as far as it came
};

}  // namespace cleanup
