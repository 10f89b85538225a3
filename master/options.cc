#include "master/options.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include "lib/base/log.h"

namespace master {

Options Options::parse(int argc, char** argv) {
    Options options;
    const char* directory = ::getenv("MAIL_CONFIG");
    options.config_directory = directory != nullptr ? directory : "/etc/postfix";
    int letter;
    while ((letter = ::getopt(argc, argv, "c:Ddistvw")) != -1) {
        switch (letter) {
            case 'c':
                options.config_directory = optarg;
                break;
            case 't':
                options.test = true;
                break;
            case 'w':
                options.wait = true;
                break;
            case 'i':
                options.init = true;
                break;
            case 'd':
            case 's':
                options.foreground = true;
                break;
            case 'v':
            case 'D':
                break;  // Postfix has them: more talk, and a debugger
            default:
                base::log::fatal("usage: master [-c config_dir] [-dDistvw]");
        }
    }
    options.config_directory = std::filesystem::absolute(options.config_directory);
    return options;
}

}  // namespace master
