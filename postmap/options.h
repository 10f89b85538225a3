// The command line of postmap and postalias.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dict/source.h"

namespace postmap {

enum class Work : uint8_t { build, add, query, remove, list };

struct Options {
    std::string program;   // "postmap" or "postalias"
    bool aliases = false;  // sources are aliases(5)
    std::optional<std::string> directory;
    Work work = Work::build;
    std::string key;  // of query and remove; "-": keys come from standard input
    dict::Repeated repeated = dict::Repeated::warn;
    std::optional<bool> nul;  // none: as usual for the type of table
    bool fold = true;
    bool files = false;   // -F: values are names of files, or their content in base64
    bool body = false;    // the input of a query is a message; its lines are keys
    bool header = false;  // … or its headers
    bool mime = false;
    bool keep_root = false;       // not the owner of the source
    bool plain_mode = false;      // not the rights of the source
    bool utf8 = true;             // as far as smtputf8_enable allows
    bool check_messages = false;  // UTF-8 is checked in lines of messages too
    bool json = false;
    std::vector<std::string> tables;
};

// Ends the process with the usage on bad options.
Options parse_options(std::string_view program, int argc, char** argv);

}  // namespace postmap
