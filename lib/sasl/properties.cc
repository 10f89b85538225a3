#include "lib/sasl/properties.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/config/error.h"

namespace sasl {
namespace {

constexpr unsigned scram = no_plaintext | no_active | no_anonymous | mutual_auth;
// A token is no word that anybody guesses.
constexpr unsigned bearer = no_anonymous | no_dictionary;

constexpr Properties known[] = {
    {"SCRAM-SHA-256-PLUS", scram, true, false, true, false},
    {"SCRAM-SHA-1-PLUS", scram, true, false, true, false},
    {"SCRAM-SHA-256", scram, true, false, false, false},
    {"SCRAM-SHA-1", scram, true, false, false, false},
    {"CRAM-MD5", no_plaintext | no_anonymous, true, false, false, true},
    {"PLAIN", no_anonymous, true, false, false, false},
    {"LOGIN", no_anonymous, true, false, false, true},
    {"OAUTHBEARER", bearer, false, true, false, false},
    {"XOAUTH2", bearer, false, true, false, false},
    {"ANONYMOUS", no_plaintext, true, false, false, false},
};

struct Word {
    std::string_view text;
    unsigned demand;
};
constexpr Word words[] = {
    {"noplaintext", no_plaintext},   {"noactive", no_active},
    {"nodictionary", no_dictionary}, {"noanonymous", no_anonymous},
    {"mutual_auth", mutual_auth},    {"forward_secrecy", forward_secrecy},
};

}  // namespace

std::span<const Properties> mechanisms() {
    return known;
}

const Properties* properties_of(std::string_view name) {
    auto found = std::ranges::find_if(
        known, [name](const Properties& one) { return base::equal_nocase(one.name, name); });
    return found == std::end(known) ? nullptr : found;
}

unsigned demand_named(std::string_view word) {
    auto found = std::ranges::find_if(
        words, [word](const Word& one) { return base::equal_nocase(one.text, word); });
    return found == std::end(words) ? 0 : found->demand;
}

unsigned demands_of(const std::vector<std::string>& texts) {
    unsigned demands = 0;
    for (const std::string& text : texts) {
        unsigned demand = demand_named(text);
        if (demand == 0)
            throw config::Error(
                base::text("\"", text,
                           "\" is none of noplaintext, noactive, nodictionary, noanonymous, "
                           "mutual_auth, forward_secrecy"));
        demands |= demand;
    }
    return demands;
}

std::vector<std::string> usable(const std::vector<std::string>& offered, Proof proof,
                                unsigned demands, bool binding) {
    std::vector<std::string> names;
    for (const Properties& one : known) {
        bool takes = proof == Proof::token ? one.token : one.password || one.token;
        bool there = std::ranges::any_of(
            offered, [&](const std::string& name) { return base::equal_nocase(name, one.name); });
        if (there && takes && (one.meets & demands) == demands && (binding || !one.bound))
            names.emplace_back(one.name);
    }
    return names;
}

}  // namespace sasl
