// Intake takes one message into the log: its content completed on the way, its envelope at the end.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/cleanup/message_filter.h"
#include "lib/io/task.h"
#include "lib/mail/envelope.h"
#include "lib/spool/writer.h"

namespace cleanup {

// Why a message was not taken. Nothing of it is kept then.
struct Refusal {
    enum Why {
        no_space,       // 452
        too_big,        // 552
        failed,         // 451: the log cannot be written
        too_many_hops,  // 554
    };
    Why why;
    std::string what;  // for the log
};

class Intake {
  public:
    // Both outlive it.
    Intake(const Options& options, spool::Writer& writer) : options_(options), writer_(writer) {}

    // Before the content. `received` is a header to put in front; `local`: the message comes from a
    // client of ours, so that what it lacks is added.
    io::Task<void> begin(const mail::Envelope& envelope, std::string_view received, bool local);
    bool begun() const { return filter_.has_value(); }
    // Adds content: CRLF lines, cut anywhere. What the log refuses is remembered, and the rest of
    // the content swallowed.
    io::Task<void> add(std::string_view content);
    // The message is complete: none when it is durable.
    io::Task<std::optional<Refusal>> commit();

  private:
    io::Task<void> store(std::string_view text);
    void refused(const spool::Refused& refusal);
    void drop_doubles();

    const Options& options_;
    spool::Writer& writer_;
    mail::Envelope envelope_;
    std::optional<MessageFilter> filter_;
    std::optional<spool::Draft> draft_;
    std::optional<Refusal> refusal_;
    std::string filtered_;
};

}  // namespace cleanup
