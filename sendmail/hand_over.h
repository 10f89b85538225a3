// Handing a message over to postdrop.
#pragma once

#include <stdexcept>
#include <string>

#include "lib/config/settings.h"
#include "sendmail/request.h"
#include "sendmail/submitter.h"

namespace sendmail {

// What ends sendmail: a line for the log and an exit status.
struct Failure : std::runtime_error {
    Failure(const std::string& what, int exit_status)
        : std::runtime_error(what), status(exit_status) {}
    int status;
};

// Reads the message from standard input; returns when postdrop has it on disk, else throws Failure.
void hand_over(const Request& request, const Submitter& submitter,
               const config::Settings& settings);

}  // namespace sendmail
