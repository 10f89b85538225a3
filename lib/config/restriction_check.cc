// The start check of the lists of restrictions.
#include <algorithm>
#include <map>

#include "lib/base/text.h"
#include "lib/config/restrictions.h"

namespace config {

using Uses = std::vector<RestrictionUse>;

// Lists by the parameter that has them.
using Lists = std::map<std::string, Uses, std::less<>>;

// Parses the value of `parameter` and says what is wrong with it.
static Uses examine(const Settings& settings, std::string_view parameter, std::string_view access,
                    RestrictionFindings& findings) {
    std::string place = base::text(settings.where(parameter), ": ", parameter, ": ");
    Uses uses;
    try {
        uses = parse_restrictions(settings.value(parameter), access);
    } catch (const Error& error) {
        findings.problems.push_back(place + error.what());
    }
    for (const RestrictionUse& use : uses)
        if (use.known != nullptr && use.known->state == RestrictionName::State::not_built)
            findings.problems.push_back(
                base::text(place, use.name,
                           " is not built yet, and mail that it should refuse "
                           "would come in if it were ignored"));
    return uses;
}

// Whether `uses` has what keeps strangers from relaying, where it can be reached.
static bool refuses(const Uses& uses, const Lists& classes, int depth = 0) {
    static constexpr std::string_view enough[] = {"reject_unauth_destination",
                                                  "defer_unauth_destination", "reject", "defer",
                                                  "defer_if_permit"};
    bool warned = false;
    for (const RestrictionUse& use : uses) {
        if (use.name == "permit")
            return false;
        bool only_warns = std::exchange(warned, use.name == "warn_if_reject");
        if (only_warns || warned)
            continue;
        if (std::find(std::begin(enough), std::end(enough), use.name) != std::end(enough))
            return true;
        auto inner = classes.find(use.name);
        if (inner != classes.end() && depth < 100 && refuses(inner->second, classes, depth + 1))
            return true;
    }
    return false;
}

static void find_unknown(const Settings& settings, const Lists& lists, const Lists& classes,
                         RestrictionFindings& findings) {
    for (const auto& [parameter, uses] : lists)
        for (const RestrictionUse& use : uses)
            if (use.known == nullptr && !classes.contains(use.name))
                findings.warnings.push_back(base::text(settings.where(parameter), ": ", parameter,
                                                       ": unknown smtpd restriction: \"", use.name,
                                                       '"'));
}

RestrictionFindings check_restrictions(const Settings& settings) {
    RestrictionFindings findings;
    Lists classes;
    for (const std::string& name : settings.list("smtpd_restriction_classes")) {
        if (settings.value(name).empty())
            findings.problems.push_back(base::text(
                settings.where("smtpd_restriction_classes"),
                ": smtpd_restriction_classes: restriction class `", name, "' needs a definition"));
        classes[name] = examine(settings, name, "check_client_access", findings);
    }
    Lists lists = classes;
    for (const RestrictionStage& stage : restriction_stages())
        lists[std::string(stage.parameter)] =
            examine(settings, stage.parameter, stage.default_access, findings);
    find_unknown(settings, lists, classes, findings);
    if (!refuses(lists["smtpd_relay_restrictions"], classes) &&
        !refuses(lists["smtpd_recipient_restrictions"], classes))
        findings.problems.push_back(base::text(
            settings.where("smtpd_recipient_restrictions"),
            ": in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at "
            "least one working instance of: reject_unauth_destination, defer_unauth_destination, "
            "reject, defer or defer_if_permit"));
    return findings;
}

}  // namespace config
