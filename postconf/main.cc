// postconf shows and edits the settings of an instance.
#include <cstdio>
#include <cstdlib>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/error.h"
#include "lib/config/expand.h"
#include "lib/config/logical_lines.h"
#include "lib/dict/types.h"
#include "lib/sasl/verifier.h"
#include "lib/tls/library_version.h"
#include "postconf/edit_main.h"
#include "postconf/edit_master.h"
#include "postconf/listing.h"
#include "postconf/master_listing.h"
#include "postconf/replace.h"

namespace {

using postconf::Options;
using postconf::Subject;

void warn(const Options& options, const std::vector<std::string>& warnings) {
    for (const std::string& text : warnings)
        if (!options.has('q'))
            std::fprintf(stderr, "postconf: warning: %s\n", text.c_str());
}

[[noreturn]] void fail(const std::string& text) {
    std::fprintf(stderr, "postconf: fatal: %s\n", text.c_str());
    std::exit(1);
}

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0)
        fail("write output: " + base::error_text(errno));
}

void print_words(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += word + '\n';
    print(text);
}

void show_tls(const std::string& mode) {
    if (mode == "compile-version")
        return print(tls::compile_version() + '\n');
    if (mode == "run-version")
        return print(tls::run_version() + '\n');
    if (mode == "public-key-algorithms")
        return print_words(tls::public_key_algorithms());
    std::fprintf(stderr, "postconf: warning: unknown 'postconf -T' mode: %s\n", mode.c_str());
    std::exit(1);
}

void edit(const Options& options) {
    using postconf::Edit;
    Edit kind = options.has('X') ? Edit::remove : options.has('#') ? Edit::comment_out : Edit::set;
    bool of_main = options.subject == Subject::main_cf;
    std::string path = options.directory + (of_main ? "/main.cf" : "/master.cf");
    std::vector<postconf::MainEdit> edits;
    for (const std::string& argument : options.arguments)
        if (of_main)
            edits.push_back(postconf::parse_main_edit(argument, kind));
    std::string text = config::read_file(path);
    postconf::Replacement replacement(path);
    text = config::read_file(path);  // as the edit before this one left it
    postconf::Edited edited =
        of_main ? postconf::edit_main_cf(text, kind, edits, path)
                : postconf::edit_master_cf(text, options.subject, kind, options.arguments);
    warn(options, edited.warnings);
    replacement.write(edited.text);
}

// The services of master.cf; for main.cf a missing or bad one is only worth a warning.
std::vector<config::ServiceEntry> read_services(const Options& options) {
    std::string path = options.directory + "/master.cf";
    try {
        return config::MasterCf::parse(config::read_file(path), path).entries();
    } catch (const std::runtime_error& error) {
        if (options.subject != Subject::main_cf)
            throw;
        warn(options, {error.what()});
        return {};
    }
}

void show(const Options& options) {
    config::MainCf main_cf;
    if (!options.has('d'))
        main_cf = config::MainCf::read(options.directory + "/main.cf");
    std::vector<config::ServiceEntry> services = read_services(options);
    warn(options, main_cf.warnings());
    postconf::Listing listing =
        options.subject == Subject::main_cf
            ? postconf::list_parameters(main_cf, services, options)
            : postconf::list_services(config::read_file(options.directory + "/master.cf"), main_cf,
                                      options);
    warn(options, listing.warnings);
    print(listing.lines);
    if (!options.has('d'))
        warn(options, postconf::setting_warnings(main_cf, services, options));
}

}  // namespace

int main(int argc, char** argv) {
    try {
        Options options = postconf::parse_options(argc, argv);
        if (options.has('a'))
            print_words(sasl::verifier_types());
        else if (options.has('A'))
            print_words({"cyrus"});
        else if (options.has('m'))
            print_words(dict::table_types());
        else if (options.has('l'))
            print_words({"flock", "fcntl", "dotlock"});
        else if (options.has('T'))
            show_tls(options.tls_mode);
        else if (options.edits())
            edit(options);
        else
            show(options);
    } catch (const std::runtime_error& error) {
        fail(error.what());
    }
    return 0;
}
