#include "lib/nexthop/tls_policy.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lib/base/text.h"

namespace nexthop {
namespace {

constexpr std::array<std::pair<std::string_view, TlsLevel>, 8> levels{
    {{"none", TlsLevel::none},
     {"may", TlsLevel::may},
     {"dane", TlsLevel::dane},
     {"encrypt", TlsLevel::encrypt},
     {"dane-only", TlsLevel::dane_only},
     {"fingerprint", TlsLevel::fingerprint},
     {"verify", TlsLevel::verify},
     {"secure", TlsLevel::secure}}};

bool checks_names(TlsLevel level) {
    return level == TlsLevel::verify || level == TlsLevel::secure;
}

bool is_host_name(std::string_view name) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    return !name.empty() && name.size() <= 255 && name.find("..") == name.npos &&
           name.front() != '.' && name.front() != '-' &&
           name.find_first_not_of(allowed) == name.npos;
}

// "name=value" and "{ name = value }", between commas or white space.
std::vector<std::string_view> elements_of(std::string_view entry) {
    std::vector<std::string_view> elements;
    constexpr std::string_view between = ", \t\r\n";
    while (true) {
        size_t begin = entry.find_first_not_of(between);
        if (begin == entry.npos)
            return elements;
        entry.remove_prefix(begin);
        size_t end = entry.front() == '{' ? entry.find('}') : entry.find_first_of(between);
        if (entry.front() == '{' && end != entry.npos)
            ++end;
        elements.push_back(entry.substr(0, end));
        entry.remove_prefix(std::min(end, entry.size()));
    }
}

class Reading {
  public:
    Reading(TlsPolicy& policy, const TlsDefaults& defaults, std::vector<std::string>& warnings)
        : policy_(policy), defaults_(defaults), warnings_(warnings) {}

    // What is wrong with it; "" for nothing.
    std::string take(std::string_view element) {
        bool braced = element.front() == '{';
        if (braced && !element.ends_with('}'))
            return base::text("no closing brace: \"", base::printable(element), '"');
        if (braced)
            element = base::trim(element.substr(1, element.size() - 2));
        size_t equals = element.find('=');
        if (equals == element.npos || equals == 0)
            return base::text("expected name=value instead of \"", base::printable(element), '"');
        std::string_view name = base::trim(element.substr(0, equals));
        std::string_view value = base::trim(element.substr(equals + 1));
        const Row* row = std::ranges::find(rows, name, &Row::name);
        if (row == std::end(rows))
            return base::text("unknown attribute \"", base::printable(name), '"');
        if (value.empty())
            return base::text("attribute ", name, " has no value");
        if (policy_.level == TlsLevel::none && row->of_tls) {
            warnings_.push_back(base::text("attribute ", name, " has no effect at level none"));
            return {};
        }
        std::string expected = (this->*row->take)(value);
        return expected.empty()
                   ? expected
                   : base::text(name, "=", base::printable(value), ": expected ", expected);
    }

    // Once all of it was taken.
    std::string end() {
        if (wants_bare_keys_)
            warnings_.push_back("enable_rpk=yes needs OpenSSL 3.2 and has no effect");
        if (policy_.level == TlsLevel::fingerprint && policy_.match.empty())
            return "level fingerprint without a fingerprint; expected match=…";
        if (!is_sts_ || !defaults_.enforce_mx_patterns)
            policy_.mx_patterns.clear();
        // What the patterns of the policy let pass is to have a certificate for its own name.
        if (!policy_.mx_patterns.empty() && checks_names(policy_.level)) {
            policy_.match = {"hostname"};
            policy_.server_name = "hostname";
        }
        return {};
    }

  private:
    using Take = std::string (Reading::*)(std::string_view);
    struct Row {
        std::string_view name;
        bool of_tls;
        Take take;
    };

    std::string match(std::string_view value) {
        bool fingerprints = policy_.level == TlsLevel::fingerprint;
        if (!fingerprints && !checks_names(policy_.level))
            return "level fingerprint, verify or secure with it";
        if (!std::exchange(matches_, true))
            policy_.match.clear();
        for (std::string_view one : base::split(value, fingerprints ? "|" : ":"))
            policy_.match.emplace_back(one);
        return {};
    }
    std::string protocols(std::string_view value) {
        std::string text(value);
        std::ranges::replace(text, ':', ' ');
        policy_.protocols = tls::Protocols::parse(text);
        return policy_.protocols ? "" : tls::protocols_form;
    }
    std::string ciphers(std::string_view value) {
        policy_.grade = tls::parse_grade(value);
        return policy_.grade ? "" : "high, medium or null";
    }
    std::string exclude(std::string_view value) {
        policy_.excluded.emplace();
        for (std::string_view one : base::split(value, ":"))
            policy_.excluded->emplace_back(one);
        return {};
    }
    std::string server_name(std::string_view value) {
        if (!is_host_name(value))
            return "a host's name, hostname or nexthop";
        policy_.server_name = value;
        return {};
    }
    std::string anchors(std::string_view value) {
        if (!checks_names(policy_.level))
            return "level verify or secure with it";
        policy_.trust_anchor_files.emplace_back(value);
        return {};
    }
    std::string flag(std::string_view value, bool& into) {
        if (!base::equal_nocase(value, "yes") && !base::equal_nocase(value, "no"))
            return "yes or no";
        into = base::equal_nocase(value, "yes");
        return {};
    }
    std::string reuse(std::string_view value) { return flag(value, policy_.reuse); }
    std::string wrapped(std::string_view value) { return flag(value, policy_.wrapped); }
    std::string bare_keys(std::string_view value) { return flag(value, wants_bare_keys_); }
    std::string policy_type(std::string_view value) {
        is_sts_ = base::equal_nocase(value, "sts");
        return {};
    }
    std::string mx_pattern(std::string_view value) {
        policy_.mx_patterns.push_back(base::lower(value));
        return {};
    }
    // For reports on TLS only, which nobody makes here.
    std::string for_reports(std::string_view) { return {}; }

    static constexpr Row rows[] = {
        {"match", true, &Reading::match},
        {"protocols", true, &Reading::protocols},
        {"ciphers", true, &Reading::ciphers},
        {"exclude", true, &Reading::exclude},
        {"servername", true, &Reading::server_name},
        {"tafile", true, &Reading::anchors},
        {"connection_reuse", true, &Reading::reuse},
        {"wrappermode", false, &Reading::wrapped},
        {"enable_rpk", true, &Reading::bare_keys},
        {"policy_type", false, &Reading::policy_type},
        {"policy_domain", false, &Reading::for_reports},
        {"policy_ttl", false, &Reading::for_reports},
        {"policy_string", false, &Reading::for_reports},
        {"policy_failure", false, &Reading::for_reports},
        {"mx_host_pattern", false, &Reading::mx_pattern},
    };

    TlsPolicy& policy_;
    const TlsDefaults& defaults_;
    std::vector<std::string>& warnings_;
    bool matches_ = false;  // the entry has some, in place of those of main.cf
    bool wants_bare_keys_ = false;
    bool is_sts_ = false;
};

// RFC 8461 section 4.1: a "*" is one label, the leftmost.
bool matches(std::string_view pattern, std::string_view host) {
    if (!pattern.starts_with("*."))
        return base::equal_nocase(pattern, host);
    size_t dot = host.find('.');
    return dot != host.npos && dot > 0 && base::equal_nocase(host.substr(dot), pattern.substr(1));
}

}  // namespace

std::optional<TlsLevel> parse_tls_level(std::string_view word) {
    auto found = std::ranges::find_if(
        levels, [&](const auto& one) { return base::equal_nocase(word, one.first); });
    return found == levels.end() ? std::nullopt : std::optional(found->second);
}

std::string_view name_of(TlsLevel level) {
    return levels.at(static_cast<size_t>(level)).first;
}

bool TlsPolicy::names_nexthop() const {
    return asks_for_tlsa(level) || server_name == "nexthop" ||
           (checks_names(level) && std::ranges::any_of(match, [](const std::string& one) {
                return one == "nexthop" || one == "dot-nexthop";
            }));
}

bool TlsPolicy::allows_host(std::string_view host) const {
    return mx_patterns.empty() || std::ranges::any_of(mx_patterns, [&](const std::string& one) {
               return matches(one, host);
           });
}

TlsPolicy TlsDefaults::at(TlsLevel level) const {
    TlsPolicy other = policy;
    other.level = level;
    other.match = level == TlsLevel::verify        ? verify_match
                  : level == TlsLevel::secure      ? secure_match
                  : level == TlsLevel::fingerprint ? fingerprints
                                                   : std::vector<std::string>();
    return other;
}

TlsPolicy TlsDefaults::without_demands(const TlsPolicy& strong) const {
    TlsPolicy weak = at(strong.wrapped ? TlsLevel::encrypt : std::min(strong.level, TlsLevel::may));
    weak.wrapped = strong.wrapped;
    weak.server_name = strong.server_name;
    weak.reuse = strong.reuse;
    if (weak.names_nexthop())
        weak.domain = strong.domain;
    weak.source.text =
        base::text(strong.source.text, "; ", name_of(weak.level), " there: TLS-Required: no");
    return weak;
}

ReadTlsPolicy read_tls_policy(std::string_view entry, const TlsDefaults& defaults) {
    ReadTlsPolicy read;
    std::vector<std::string_view> elements = elements_of(entry);
    std::string_view word = elements.empty() ? std::string_view() : elements.front();
    std::optional<TlsLevel> level = parse_tls_level(word);
    if (!level) {
        read.problem = base::text("expected a TLS security level (none, may, encrypt, dane, ",
                                  "dane-only, fingerprint, verify, secure) instead of \"",
                                  base::printable(word), '"');
        return read;
    }
    TlsPolicy policy = defaults.at(*level);
    Reading reading(policy, defaults, read.warnings);
    for (size_t i = 1; i < elements.size() && read.problem.empty(); ++i)
        read.problem = reading.take(elements[i]);
    if (read.problem.empty())
        read.problem = reading.end();
    if (read.problem.empty())
        read.policy = std::move(policy);
    return read;
}

}  // namespace nexthop
