#include "postrelay/probing.h"

#include <unistd.h>

namespace postrelay {
namespace {

using health::Record;

constexpr unsigned look_every_us = 50'000;

bool wait_for_answer(const Record& record, uint64_t wish, base::Instant end) {
    while (record.probe_answered() < wish && base::steady_now() < end)
        ::usleep(look_every_us);
    return record.probe_answered() >= wish;
}

}  // namespace

std::vector<ProbeAnswer> probe_all(const std::vector<Record>& records, base::Duration limit) {
    std::vector<uint64_t> wishes;
    for (const Record& record : records)
        wishes.push_back(record.want_probe());
    base::Instant end = base::steady_now() + limit;
    std::vector<ProbeAnswer> answers;
    for (size_t i = 0; i < records.size(); ++i) {
        bool answered = wait_for_answer(records[i], wishes[i], end);
        health::Reason reason = records[i].probe_result();
        bool well = answered && reason == health::Reason::none;
        std::string_view result = !answered ? "no answer"
                                  : well    ? "ok"
                                            : health::row_of(reason).name;
        answers.push_back({records[i], std::string(result), well});
    }
    return answers;
}

}  // namespace postrelay
