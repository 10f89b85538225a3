// Judge says at each command of a session what the restrictions have against it.
//
// With smtpd_delay_reject, what is said of client, HELO name and sender is asked at RCPT. Every
// refusal is logged here.
#pragma once

#include <optional>
#include <string>

#include "lib/io/task.h"
#include "lib/mail/reply.h"

namespace smtpd {

struct Session;

// None where the command may go on.
using Objection = std::optional<mail::Reply>;

io::Task<Objection> judge_client(Session& session);
io::Task<Objection> judge_helo(Session& session);
io::Task<Objection> judge_sender(Session& session, std::string sender);
// Of RCPT, or of VRFY where there is no transaction.
io::Task<Objection> judge_recipient(Session& session, std::string recipient);
io::Task<Objection> judge_data(Session& session);
io::Task<Objection> judge_end_of_data(Session& session);
io::Task<Objection> judge_etrn(Session& session, std::string domain);

}  // namespace smtpd
