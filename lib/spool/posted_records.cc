#include "lib/spool/posted_records.h"

#include <algorithm>

#include "lib/base/text.h"

namespace spool {

namespace {

// By part: envelope, content, trailer. The last one of each ends the part.
constexpr std::string_view allowed[] = {"AFSVRM", "LNX", "ARE"};

constexpr std::string_view attributes[] = {
    "encoding",      "envelope_id", "ret_flags", "notify_flags",
    "dsn_orig_rcpt", "trace_flags", "sendopts",
};

bool allowed_attribute(std::string_view text) {
    std::string_view name = text.substr(0, text.find('='));
    if (name.size() == text.size())
        return false;
    if (name == "rewrite_context") {
        std::string_view value = text.substr(name.size() + 1);
        return value == "local" || value == "remote";
    }
    return std::ranges::find(attributes, name) != std::end(attributes);
}

}  // namespace

PostedRecords::Verdict PostedRecords::judge(char type, std::string_view data) {
    std::string_view here = allowed[static_cast<size_t>(part_)];
    if (here.find(type) == here.npos)
        throw BadContent(base::text("unexpected record type: ", static_cast<int>(type)));
    if (type == record::attribute && !allowed_attribute(data))
        return Verdict::drop;
    has_sender_ = has_sender_ || type == record::sender;
    has_recipient_ = has_recipient_ || type == record::recipient;
    if (type != here.back())
        return Verdict::keep;
    if (part_ == Part::trailer)
        return Verdict::last;
    part_ = part_ == Part::envelope ? Part::content : Part::trailer;
    return Verdict::keep;
}

}  // namespace spool
