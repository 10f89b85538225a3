#include "postconf/options.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/values.h"

namespace postconf {
namespace {

constexpr const char* usage =
    "usage: postconf [-a (SASL server types)] [-A (SASL client types)] [-c config_dir] [-C "
    "class,...] [-d (parameter defaults)] "
    "[-e (edit configuration)] [-f (fold lines)] [-F (master.cf fields)] [-h (no names)] "
    "[-H (no values)] [-l (lock types)] [-m (map types)] [-M (master.cf)] "
    "[-n (non-default parameters)] [-o name=value (override parameter value)] "
    "[-p (main.cf, default)] [-P (master.cf parameters)] [-q (no warnings)] "
    "[-T mode (TLS library)] [-v (verbose)] "
    "[-x (expand parameter values)] [-X (exclude)] [-# (comment-out)] [name...]";

struct Refused {
    char letter;
    const char* text;
};

// What Postfix's command has and this one does not.
constexpr Refused refused[] = {
    {'b', "-b (texts of delivery reports): bounce_template_file is not built yet"},
    {'t', "-t (templates of delivery reports): bounce_template_file is not built yet"},
    {'j', "-j (output as JSON) is not built yet"},
};

// What does not go together, in the order in which it is said: of `letters` at most one may be
// given, or none at all together with `with`.
struct Conflict {
    char with;  // 0: among themselves
    std::string_view letters;
};
constexpr Conflict conflicts[] = {
    {0, "aAFlmMpP"},     {'a', "defhHnoxX#"}, {'A', "defhHnoxX#"}, {'l', "defhHnoxX#"},
    {'m', "defhHnoxX#"}, {0, "den#X"},        {0, "ef"},           {0, "ex"},
    {0, "eo"},           {0, "eh"},           {0, "eH"},           {0, "hH"},
    {'M', "dhHn"},       {'F', "Xdn#"},       {'P', "dn#"},
};

void check_combination(const Options& options) {
    for (const Conflict& conflict : conflicts) {
        if (conflict.with != 0 && !options.has(conflict.with))
            continue;
        std::string given;
        for (char letter : conflict.letters)
            if (options.has(letter))
                base::append(given, " -", letter);
        if (conflict.with != 0 && !given.empty())
            throw config::Error(
                base::text("with option -", conflict.with, ", do not specify", given.substr(0, 3)));
        if (conflict.with == 0 && given.size() > 3)
            throw config::Error("specify one of" + given);
    }
}

void read_classes(Options& options, std::string_view text) {
    for (std::string& word : config::parse_list(text)) {
        if (word != "builtin" && word != "service" && word != "user" && word != "all")
            throw config::Error(
                base::text("unknown -C option value \"", word, "\" in \"", text, '"'));
        options.classes.push_back(std::move(word));
    }
}

void read_override(Options& options, const char* text) {
    try {
        options.overrides.push_back(config::parse_override(text));
    } catch (const config::Error&) {
        throw config::Error(
            base::text("invalid parameter override: ", text, ": missing '=' after attribute name"));
    }
}

void read_letter(Options& options, char letter) {
    for (const Refused& row : refused)
        if (row.letter == letter)
            throw config::Error(row.text);
    if (letter == '?')
        throw config::Error(usage);
    if (!options.has(letter))
        options.letters += letter;
    if (letter == 'c') {
        options.directory = ::optarg;
        options.directory_given = true;
    } else if (letter == 'C') {
        read_classes(options, ::optarg);
    } else if (letter == 'o') {
        read_override(options, ::optarg);
    } else if (letter == 'T') {
        options.tls_mode = ::optarg;
    }
}

void check_arguments(const Options& options) {
    if (!options.arguments.empty())
        return;
    if (options.has('e'))
        throw config::Error("-e requires name=value argument");
    if (options.has('X') || options.has('#'))
        throw config::Error("missing service argument");
}

}  // namespace

char subject_letter(Subject subject) {
    switch (subject) {
        case Subject::services:
            return 'M';
        case Subject::fields:
            return 'F';
        case Subject::parameters:
            return 'P';
        case Subject::main_cf:
            break;
    }
    return 'p';
}

bool Options::edits() const {
    auto is_setting = [](const std::string& argument) {
        return argument.find('=') != argument.npos;
    };
    return has('e') || has('#') || has('X') ||
           std::any_of(arguments.begin(), arguments.end(), is_setting);
}

Options parse_options(int argc, char** argv) {
    Options options;
    const char* environment = std::getenv("MAIL_CONFIG");
    options.directory = environment ? environment : "/etc/postfix";
    options.directory_given = environment != nullptr;
    for (int letter; (letter = ::getopt(argc, argv, "aAbc:C:deEfFhHjlmMno:pPqtT:vxX#")) != -1;)
        read_letter(options, static_cast<char>(letter));
    options.arguments.assign(argv + ::optind, argv + argc);
    if (std::any_of(
            options.arguments.begin(), options.arguments.end(),
            [](const std::string& argument) { return argument.find('=') != argument.npos; }) &&
        !options.has('e')) {
        if (options.has('#') || options.has('X'))
            throw config::Error(base::text("specify one of -e -", options.has('#') ? '#' : 'X'));
        options.letters += 'e';
    }
    check_combination(options);
    check_arguments(options);
    options.subject = options.has('M')   ? Subject::services
                      : options.has('F') ? Subject::fields
                      : options.has('P') ? Subject::parameters
                                         : Subject::main_cf;
    options.style = {!options.has('h'), !options.has('H'), options.has('f')};
    return options;
}

}  // namespace postconf
