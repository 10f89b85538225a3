#include "lib/sasl/verifier.h"

#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/sasl/cyrus_server.h"
#include "lib/sasl/dovecot_server.h"

namespace sasl {

namespace {

struct Word {
    std::string_view name;
    unsigned Demands::*set;
    unsigned property;
};

constexpr Word words[] = {
    {"noplaintext", &Demands::unwanted, property::plaintext},
    {"noactive", &Demands::unwanted, property::active},
    {"nodictionary", &Demands::unwanted, property::dictionary},
    {"noanonymous", &Demands::unwanted, property::anonymous},
    {"forward_secrecy", &Demands::needed, property::forward_secrecy},
    {"mutual_auth", &Demands::needed, property::mutual_auth},
};

struct VerifierType {
    std::string_view name;
    std::unique_ptr<Verifier> (*make)(VerifierOptions);
};

constexpr VerifierType types[] = {
    {"cyrus",
     [](VerifierOptions o) -> std::unique_ptr<Verifier> { return make_cyrus(std::move(o)); }},
    {"dovecot",
     [](VerifierOptions o) -> std::unique_ptr<Verifier> {
         return std::make_unique<DovecotServer>(std::move(o));
     }},
};

size_t count(const config::Settings& settings, std::string_view name) {
    return static_cast<size_t>(settings.number(name));
}

}  // namespace

Demands Demands::of(const config::Settings& settings, std::string_view parameter) {
    Demands demands;
    for (const std::string& name : settings.list(parameter)) {
        bool known = false;
        for (const Word& word : words)
            if (base::equal_nocase(word.name, name)) {
                demands.*word.set |= word.property;
                known = true;
            }
        if (!known)
            throw config::Error(base::text(
                settings.where(parameter), ": ", parameter,
                ": expected noplaintext, noactive, nodictionary, noanonymous, forward_secrecy or "
                "mutual_auth, found \"",
                base::printable(name), '"'));
    }
    return demands;
}

VerifierOptions VerifierOptions::from(const config::Settings& settings) {
    VerifierOptions options;
    options.type = settings.text("smtpd_sasl_type");
    options.path = settings.text("smtpd_sasl_path");
    options.config_path = settings.text("cyrus_sasl_config_path");
    if (options.config_path.empty())  // as Debian has it
        options.config_path = settings.directory() + "/sasl:/usr/lib/sasl2";
    options.service = settings.text("smtpd_sasl_service");
    options.realm = settings.text("smtpd_sasl_local_domain");
    options.myhostname = settings.text("myhostname");
    options.threads = count(settings, "smtpd_sasl_threads");
    options.queue_limit = count(settings, "smtpd_sasl_queue_limit");
    options.time_limit = settings.time("smtpd_sasl_time_limit");
    return options;
}

std::vector<std::string> verifier_types() {
    std::vector<std::string> names;
    for (const VerifierType& type : types)
        names.emplace_back(type.name);
    return names;
}

void check_type(const config::Settings& settings) {
    std::string found = settings.text("smtpd_sasl_type");
    for (const VerifierType& type : types)
        if (type.name == found)
            return;
    throw config::Error(base::text(settings.where("smtpd_sasl_type"),
                                   ": smtpd_sasl_type: expected cyrus or dovecot, found \"",
                                   base::printable(found), '"'));
}

std::unique_ptr<Verifier> make_verifier(const config::Settings& settings) {
    check_type(settings);
    VerifierOptions options = VerifierOptions::from(settings);
    try {
        for (const VerifierType& type : types)
            if (type.name == options.type)
                return type.make(std::move(options));
    } catch (const config::Error& error) {
        throw config::Error(
            base::text(settings.where("smtpd_sasl_path"), ": smtpd_sasl_path: ", error.what()));
    }
    base::log::panic("a type of smtpd_sasl_type that nobody makes");
}

}  // namespace sasl
