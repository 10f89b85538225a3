#include "lib/dict/check.h"

#include <algorithm>
#include <set>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/master_cf.h"
#include "lib/config/parameter.h"
#include "lib/config/restrictions.h"
#include "lib/dict/braces.h"
#include "lib/dict/types.h"

namespace dict {
namespace {

using Names = std::vector<std::string>;

// These name tables without using them: whom proxymap serves, what newaliases makes, where Postfix
// keeps sessions; or a socket ("unix:private/auth").
constexpr std::string_view only_named[] = {"alias_database",
                                           "proxy_read_maps",
                                           "proxy_write_maps",
                                           "smtpd_sasl_path",
                                           "smtp_tls_session_cache_database",
                                           "lmtp_tls_session_cache_database"};

// A server goes on without the tables of this one's default.
constexpr std::string_view for_local_mail = "local_recipient_maps";

const config::RestrictionStage* stage_of(std::string_view parameter) {
    for (const config::RestrictionStage& stage : config::restriction_stages())
        if (stage.parameter == parameter)
            return &stage;
    return nullptr;
}

Names of_restrictions(const std::string& value, std::string_view default_access) {
    Names names;
    try {
        for (config::RestrictionUse& use : config::parse_restrictions(value, default_access))
            if (use.known && use.known->takes == config::RestrictionName::Takes::table)
                names.push_back(std::move(use.argument));
    } catch (const config::Error&) {
        return {};  // said where restrictions are checked
    }
    return names;
}

// "hash:/x", but not "[::1]:25" or "smtp:host".
bool is_table(std::string_view element, const Names& types) {
    std::string type(element.substr(0, element.find(':')));
    return element.find(':') != element.npos &&
           std::find(types.begin(), types.end(), type) != types.end();
}

// "hash:sender" is no table but one of the values that failover_policy has.
bool has_words(const config::Parameter& row) {
    return row.type == config::Type::choice;
}

// The tables that `value` of `parameter` names.
Names tables_in(std::string_view parameter, const std::string& value, const Names& types) {
    if (const config::RestrictionStage* stage = stage_of(parameter))
        return of_restrictions(value, stage->default_access);
    Names names;
    for (std::string& element : split_braced(value)) {
        size_t begin = element.find_first_not_of('!');
        element.erase(0, begin == element.npos ? element.size() : begin);
        if (is_table(element, types) || (parameter.ends_with("_maps") && !element.empty()))
            names.push_back(std::move(element));
    }
    return names;
}

class Check {
  public:
    explicit Check(Tables& tables) : types_(table_types()), tables_(tables) {}

    void look_at(std::string_view parameter, const std::string& value, const std::string& where,
                 bool fatal = true) {
        std::optional<config::Parameter> row = config::find_parameter(parameter);
        bool named_only = std::find(std::begin(only_named), std::end(only_named), parameter) !=
                          std::end(only_named);
        if (!row || row->state != config::State::works || named_only || has_words(*row))
            return;
        for (const std::string& table : tables_in(parameter, value, types_))
            open(table, base::text(where, ": ", parameter, ": "), fatal);
    }
    std::vector<config::Problem> problems() && { return std::move(problems_); }

  private:
    // A table that several parameters name is said once.
    void open(const std::string& table, const std::string& place, bool fatal) {
        if (!opened_.insert(table).second)
            return;
        try {
            tables_.open(table);
        } catch (const config::Error& error) {
            for (const std::string& problem : error.problems())
                problems_.push_back({fatal, place + problem});
        } catch (const base::SystemError& error) {
            problems_.push_back({fatal, place + error.what()});
        }
    }

    Names types_;
    Tables& tables_;
    std::set<std::string> opened_;
    std::vector<config::Problem> problems_;
};

void look_at_defaults(Check& check, const config::Settings& settings) {
    bool has_local_mail = !settings.list("mydestination").empty();
    for (const config::Parameter* row : config::parameters()) {
        bool names_none = row->fallback.find_first_of(":$") == row->fallback.npos;
        bool only_local = row->name == for_local_mail;
        if (settings.is_set(row->name) || names_none || (only_local && !has_local_mail))
            continue;
        check.look_at(row->name, settings.value(row->name), "default", !only_local);
    }
}

}  // namespace

std::vector<config::Problem> check_tables(const config::Settings& settings, Tables& tables) {
    Check check(tables);
    for (const auto& [name, setting] : settings.main_cf().settings())
        check.look_at(name, settings.value(name), setting.where);
    look_at_defaults(check, settings);
    config::each_service(settings, [&](const auto& entry, const config::Settings& own) {
        for (const auto& [name, value] : entry.overrides)
            check.look_at(name, own.value(name), entry.where);
    });
    return std::move(check).problems();
}

}  // namespace dict
