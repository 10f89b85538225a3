#include "lib/tls/groups.h"

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/tls/handles.h"

namespace tls {
namespace {

struct EecdhGrade {
    std::string_view name;
    const char* curve;  // the parameter that has it; null for all
};

constexpr EecdhGrade grades[] = {{"auto", nullptr},
                                 {"strong", "tls_eecdh_strong_curve"},
                                 {"ultra", "tls_eecdh_ultra_curve"},
                                 {"none", nullptr}};

bool has_group(SSL_CTX* library, const std::string& name) {
    return SSL_CTX_set1_groups_list(library, name.c_str()) == 1;
}

// The parameter that has the one curve of the server's grade; null for the lists of all.
const char* only_curve(const config::Settings& settings) {
    std::string grade = settings.text("smtpd_tls_eecdh_grade");
    for (const EecdhGrade& known : grades)
        if (known.name == grade)
            return known.curve;
    throw config::Error(base::text(settings.where("smtpd_tls_eecdh_grade"),
                                   ": smtpd_tls_eecdh_grade = ", grade,
                                   ": expected auto, strong, ultra or none"));
}

std::string one_curve(const config::Settings& settings, SSL_CTX* library, const char* parameter) {
    std::string curve = settings.value(parameter);
    if (!has_group(library, curve))
        throw config::Error(base::text(settings.where(parameter), ": ", parameter, " = ", curve,
                                       ": expected a curve that OpenSSL has"));
    return curve;
}

}  // namespace

std::string groups_of(const config::Settings& settings, bool for_server) {
    Library library(SSL_CTX_new(TLS_method()));
    std::vector<std::string> names = settings.list("tls_eecdh_auto_curves");
    if (for_server) {
        const char* parameter = only_curve(settings);
        if (parameter != nullptr)
            names = {one_curve(settings, library.get(), parameter)};
        if (settings.text("smtpd_tls_eecdh_grade") == "none")
            names.clear();
    } else if (names.empty()) {
        return "";
    }
    bool wanted = !names.empty();
    for (std::string& name : settings.list("tls_ffdhe_auto_groups"))
        names.push_back(std::move(name));
    std::string list;
    for (const std::string& name : names)
        if (has_group(library.get(), name))
            base::append(list, list.empty() ? "" : ":", name);
    if (wanted && list.empty())
        throw config::Error(base::text(settings.where("tls_eecdh_auto_curves"),
                                       ": tls_eecdh_auto_curves: OpenSSL has none of these"));
    return list;
}

}  // namespace tls
