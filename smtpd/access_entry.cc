#include "smtpd/access_entry.h"

#include <algorithm>

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/mail/dsn.h"
#include "smtpd/log.h"
#include "smtpd/message_actions.h"
#include "smtpd/policy.h"

namespace smtpd {

namespace {

// A refusal with the text of the entry, or with `otherwise`.
Refusal refusal_of(const Said& said, int code, std::string_view dsn, std::string_view otherwise) {
    StatusText status = split_status(said.text, dsn);
    return {code, fitting_status(status.dsn, said.subject.kind),
            told(said.subject, status.text.empty() ? otherwise : status.text)};
}

Verdict dunno(Check&, const Said&) {
    return Verdict::dunno;
}

// Logged by obey_entry, which may have to wait for that.
Verdict permit(Check&, const Said&) {
    return Verdict::permit;
}

Verdict reject(Check& check, const Said& said) {
    return check.reject(
        refusal_of(said, check.policy().codes().access_map_reject, "5.7.1", "Access denied"));
}

Verdict defer(Check& check, const Said& said) {
    return check.reject(
        refusal_of(said, check.policy().codes().access_map_defer, "4.7.1", "Access denied"));
}

Verdict defer_if_permit(Check& check, const Said& said) {
    return check.defer_if_permit(
        refusal_of(said, check.policy().codes().access_map_defer, "4.7.1", "Service unavailable"));
}

Verdict defer_if_reject(Check& check, const Said& said) {
    return check.defer_if_reject(
        refusal_of(said, check.policy().codes().access_map_defer, "4.7.1", "Service unavailable"));
}

Verdict warn(Check& check, const Said& said) {
    check.log("warn", said.text);
    return Verdict::dunno;
}

Verdict info(Check& check, const Said& said) {
    check.log("info", said.text);
    return Verdict::dunno;
}

struct Action {
    std::string_view name;
    Verdict (*obey)(Check&, const Said&);
};

constexpr Action action_table[] = {
    {"DUNNO", dunno},
    {"OK", permit},
    {"RELAY", permit},
    {"REJECT", reject},
    {"DEFER", defer},
    {"DEFER_IF_PERMIT", defer_if_permit},
    {"DEFER_IF_REJECT", defer_if_reject},
    {"WARN", warn},
    {"INFO", info},
    {"HOLD", actions::hold},
    {"DISCARD", actions::discard},
    {"FILTER", actions::filter},
    {"REDIRECT", actions::redirect},
    {"BCC", actions::copy},
    {"PREPEND", actions::prepend},
};

bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

// "4NN text", "5NN text".
std::optional<int> code_of(std::string_view word, std::string_view text) {
    bool refusing = word.size() == 3 && (word[0] == '4' || word[0] == '5') && all_digits(word);
    return refusing && !text.empty() ? base::number<int>(word) : std::nullopt;
}

io::Task<Verdict> obey_rules(Check& check, const AccessEntry& entry, const Subject& subject) {
    // Tables are opened at start, before it is known who asks.
    if (entry.value.find(':') != entry.value.npos) {
        base::log::warning(base::text("access table ", entry.table,
                                      " has entry with lookup table: ", entry.value));
        co_return check.misconfigured();
    }
    const Rules rules = check.policy().rules().of_entry(entry.value);
    co_return co_await check.apply_result(rules, subject);
}

// By the part of a status behind its class: what it becomes for a sender, and for a recipient.
struct StatusPair {
    std::string_view recipient;
    std::string_view sender;
};
constexpr StatusPair for_senders[] = {
    {"1.1", "1.7"}, {"1.2", "1.8"}, {"1.3", "1.7"}, {"1.4", "1.7"}, {"1.5", "1.0"}, {"1.6", "1.7"},
};
constexpr StatusPair for_recipients[] = {{"1.3", "1.7"}, {"1.2", "1.8"}};

std::string_view fitting_detail(std::string_view detail, std::string_view kind) {
    if (kind == kinds::sender) {
        for (const StatusPair& pair : for_senders)
            if (detail == pair.recipient)
                return pair.sender;
        return detail;
    }
    if (kind == kinds::recipient) {
        for (const StatusPair& pair : for_recipients)
            if (detail == pair.sender)
                return pair.recipient;
        return detail;
    }
    return detail.starts_with("1.") ? "0.0" : detail;
}

}  // namespace

StatusText split_status(std::string_view text, std::string_view otherwise) {
    if (!mail::Dsn::at_start_of(text))
        return {std::string(otherwise), std::string(text)};
    size_t end = std::min(text.find_first_of(" \t"), text.size());
    return {std::string(text.substr(0, end)), std::string(base::trim(text.substr(end)))};
}

std::string fitting_status(std::string_view dsn, std::string_view kind) {
    if (dsn.size() < 5)
        return std::string(dsn);
    std::string_view detail = dsn.substr(2);
    std::string_view fitting = fitting_detail(detail, kind);
    std::string status = base::text(dsn.substr(0, 2), fitting);
    if (fitting != detail)
        log::status_changed(dsn, kind, status);
    return status;
}

io::Task<Verdict> obey_entry(Check& check, const AccessEntry& entry, const Subject& subject) {
    std::string_view value = entry.value;
    size_t end = std::min(value.find_first_of(" \t"), value.size());
    std::string_view word = value.substr(0, end);
    Said said{entry, subject, base::trim(value.substr(end))};
    for (const Action& action : action_table) {
        if (!base::equal_nocase(action.name, word))
            continue;
        if (action.obey == permit)
            co_return co_await check.permit(word, subject, entry.table);
        co_return action.obey(check, said);
    }
    if (std::optional<int> code = code_of(word, said.text))
        co_return check.reject(
            refusal_of(said, *code, *code < 500 ? "4.7.1" : "5.7.1", "Access denied"));
    if (all_digits(value))
        co_return co_await check.permit(value, subject, entry.table);
    if (base::trim(value).empty()) {
        base::log::warning(
            base::text("access table ", entry.table, " entry ", entry.key, " has empty value"));
        co_return Verdict::permit;
    }
    co_return co_await obey_rules(check, entry, subject);
}

io::Task<std::optional<Verdict>> ask_table(Check& check, const Rule& rule, const AccessKeys& keys,
                                           const Subject& subject) {
    for (const AccessKey& key : keys) {
        dict::Lookup lookup = co_await rule.table->find(key.text, key.kind);
        if (lookup.none())
            continue;
        if (lookup.retry()) {
            base::log::warning(
                base::text(rule.table->name(), ": table lookup problem: ", lookup.value));
            co_return check.reject({451, "4.3.5", told(subject, "Server configuration error")});
        }
        AccessEntry entry{rule.table->name(), key.text, lookup.value};
        co_return co_await obey_entry(check, entry, subject);
    }
    co_return std::nullopt;
}

}  // namespace smtpd
