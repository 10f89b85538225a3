// Intake takes one message into the log: its content completed on the way, its envelope at the end.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/cleanup/mappings.h"
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
        lookup,         // 451: a table does not answer
        expansion,      // 451: aliases give too many addresses
    };
    Why why;
    std::string what;  // for the log
};

// What access tables and their like say about a message as a whole.
struct Orders {
    bool hold = false;                // it waits in hold/
    std::string filter;               // instead of content_filter
    std::string redirect;             // goes to this address instead of all recipients
    std::vector<std::string> copies;  // go to these as well, who get no reports
};

class Intake {
  public:
    // All outlive it.
    Intake(const Options& options, const Mappings& mappings, spool::Writer& writer)
        : options_(options), mappings_(mappings), writer_(writer) {}

    // Before the content. `received` is a header to put in front; `local`: the message comes from a
    // client of ours, so that what it lacks is added, and addresses in its headers are rewritten.
    // `above`: headers (CRLF lines) to put in front of that, which count as the message's own.
    io::Task<void> begin(const mail::Envelope& envelope, std::string_view received, bool local,
                         std::string_view above = {});
    // A message that has passed too many hosts is taken all the same, with a note that it goes back
    // to its sender: for mail whose sender cannot be told at once.
    void return_loops() { returns_loops_ = true; }
    bool begun() const { return filter_.has_value(); }
    // Adds content: CRLF lines, cut anywhere. What the log refuses is remembered, and the rest of
    // the content swallowed.
    io::Task<void> add(std::string_view content);
    // The message is complete: none when it is durable.
    io::Task<std::optional<Refusal>> commit();
    // At any time before that.
    void order(Orders orders) { orders_ = std::move(orders); }

  private:
    io::Task<void> store(std::string_view text);
    io::Task<void> rewrite_headers();
    io::Task<void> map_recipients();
    void obey_orders();
    void refused(const spool::Refused& refusal);
    void refused(const MappingTrouble& trouble);

    const Options& options_;
    const Mappings& mappings_;
    spool::Writer& writer_;
    mail::Envelope envelope_;
    Orders orders_;
    std::optional<MessageFilter> filter_;
    std::optional<spool::Draft> draft_;
    std::optional<Refusal> refusal_;
    rewrite::Context context_ = rewrite::Context::remote;  // of headers
    std::string filtered_;
    bool returns_loops_ = false;
};

}  // namespace cleanup
