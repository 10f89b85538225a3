// sendmail takes mail from programs and people on this machine; see sendmail(1).
#include <signal.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/ipc/command.h"
#include "sendmail/hand_over.h"
#include "sendmail/smtp_dialogue.h"

namespace {

using sendmail::Mode;
using sendmail::Request;

// Goes on as another command; it finds the configuration in MAIL_CONFIG.
[[noreturn]] void become(const config::Settings& settings, std::vector<std::string> words) {
    std::string program = base::text(settings.text("command_directory"), '/', words[0]);
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    base::log::drain(base::log::last_words);
    ::execv(program.c_str(), argv.data());
    ipc::end_command(base::SystemError("execv " + program).what(), sendmail::try_later);
}

[[noreturn]] void make_aliases(const config::Settings& settings, const Request& request) {
    std::vector<std::string> words = {"postalias"};
    const std::string tables = settings.value("alias_database");
    if (!request.alias_file.empty())
        words.push_back(request.alias_file);
    else
        for (std::string_view table : base::split(tables, ", \t\r\n"))
            words.emplace_back(table);
    if (words.size() == 1)
        std::exit(0);
    become(settings, std::move(words));
}

void carry_out(const Request& request, const config::Settings& settings) {
    switch (request.mode) {
        case Mode::deliver:
            hand_over(request, sendmail::Submitter::find(request), settings);
            return;
        case Mode::list_queue:
            become(settings, {"postqueue", "-p"});
        case Mode::make_aliases:
            make_aliases(settings, request);
        case Mode::start:
            become(settings, {"postfix", "start"});
        case Mode::smtp:
            sendmail::speak_smtp(settings, stdin, stdout);
            return;
        case Mode::flush: {
            std::vector<std::string> words = {"postqueue"};
            words.insert(words.end(), request.queue_arguments.begin(),
                         request.queue_arguments.end());
            become(settings, std::move(words));
        }
        case Mode::ignore:
            return;
    }
}

}  // namespace

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    std::string_view name = ipc::called_as(argv[0]);
    ipc::begin_command("sendmail");
    Request request = Request::parse(argc, argv, name);
    config::Settings settings =
        ipc::command_settings("sendmail", request.config_directory, sendmail::try_later);
    try {
        carry_out(request, settings);
    } catch (const sendmail::Failure& failure) {
        ipc::end_command(failure.what(), failure.status);
    } catch (const std::exception& error) {
        ipc::end_command(error.what(), sendmail::try_later);
    }
    base::log::drain(base::log::last_words);
    return 0;
}
