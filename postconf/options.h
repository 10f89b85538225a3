// Options is what postconf was asked to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/config/settings.h"
#include "postconf/layout.h"

namespace postconf {

// What is shown or edited: main.cf, or master.cf's services (-M), fields (-F), options (-P).
enum class Subject : uint8_t { main_cf, services, fields, parameters };

char subject_letter(Subject subject);

struct Options {
    std::string letters;  // each given, once
    std::string directory;
    bool directory_given = false;  // by -c or MAIL_CONFIG
    Subject subject = Subject::main_cf;
    Style style;
    std::vector<std::string> classes;  // -C; none: all
    config::Overrides overrides;       // -o
    std::string tls_mode;              // -T
    std::vector<std::string> arguments;

    bool has(char letter) const { return letters.find(letter) != letters.npos; }
    // -e, -#, -X, or a first argument with '='.
    bool edits() const;
};

// Throws config::Error with what to say, without a prefix.
Options parse_options(int argc, char** argv);

}  // namespace postconf
