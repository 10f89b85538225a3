#include "smtpd/session.h"

#include <algorithm>
#include <exception>

#include "lib/base/text.h"
#include "lib/io/loop.h"
#include "lib/io/sleep.h"
#include "smtpd/client_name.h"
#include "smtpd/commands.h"
#include "smtpd/footer.h"
#include "smtpd/judge.h"
#include "smtpd/log.h"
#include "smtpd/soft_bounce.h"
#include "smtpd/starttls.h"

namespace smtpd {

namespace {

using namespace std::chrono_literals;

constexpr uint64_t least_data_rate = 500;    // bytes a second, over a whole message
constexpr size_t most_unsent = 16384;        // replies to a client that does not read them
constexpr base::Duration farewell = 2s;      // for the last reply to arrive
constexpr size_t most_ignored = 256 * 1024;  // bytes read behind it

struct Line {
    enum Kind { whole, too_long, none } kind = none;
    std::string_view text;
};

// The next command line. Of one that is too long nothing is believed, since its end may mean
// something else than its beginning says.
io::Task<Line> next_line(Session& session) {
    Line line;
    size_t limit = session.options().line_length_limit;
    while (true) {
        std::optional<std::string_view> piece = co_await session.stream.line(limit);
        if (!piece)
            co_return Line();
        if (piece->ends_with('\n')) {
            line.text = *piece;
            if (line.kind == Line::none)
                line.kind = Line::whole;
            co_return line;
        }
        line.kind = Line::too_long;
    }
}

// Bytes that came before the client could have read what it was to wait for.
bool refuse_early(Session& session) {
    log::improper_pipelining(session, session.stream.buffered());
    if (!session.options().forbid_unauth_pipelining)
        return false;
    session.stream.put("554 5.5.0 Error: SMTP protocol synchronization\r\n");
    session.cut_off = true;
    return true;
}

bool may_be_added_to(const Session& session, const mail::Reply& text) {
    const Policy& policy = session.shared.policy;
    return text.code >= 400 && !(policy.footer().empty() && policy.footer_maps().empty());
}

// The text that is added to refusals, for some of them by tables.
io::Task<mail::Reply> complete(Session& session, mail::Reply text) {
    const Policy& policy = session.shared.policy;
    std::string footer = policy.footer();
    std::string asked = text.one_line();
    dict::Lookup special = co_await policy.footer_maps().find(asked, dict::Key::whole);
    if (special.found())
        footer = special.value;
    FooterValues values;
    values.client_address = session.client.address;
    values.client_port = session.client.port;
    values.server_name = session.options().myhostname;
    values.now = io::loop().wall();
    co_return with_footer(std::move(text), footer, values);
}

// Sends one reply. It waits only for a client with many errors, or that does not read.
io::Task<void> reply(Session& session, mail::Reply text) {
    if (may_be_added_to(session, text)) {
        mail::Reply whole = co_await complete(session, std::move(text));
        text = std::move(whole);
    }
    if (session.errors >= session.options().soft_error_limit)
        co_await io::sleep(session.options().error_sleep_time);
    session.stream.put(softened(std::move(text), session.options()).wire());
    if (session.stream.unsent() > most_unsent)
        co_await session.stream.flush();
}

// True when the session goes on.
io::Task<bool> greet(Session& session) {
    Objection crowd = co_await limit_connection(session);
    if (session.options().tls.from_start) {  // before anything can be said
        Objection unfit = co_await enter_tls(session);
        if (!crowd)
            crowd = std::move(unfit);
    }
    if (crowd) {
        session.stream.put(crowd->wire());
        session.cut_off = true;
        co_return false;
    }
    Objection objection = co_await judge_client(session);
    if (objection) {  // it is told so, and may say QUIT
        ++session.errors;
        session.denied = objection;
        co_await reply(session, std::move(*objection));
    } else {
        session.stream.put(base::text("220 ", session.options().banner, "\r\n"));
    }
    session.begin_request();
    bool more = co_await session.stream.fill();
    // The stream reads before it sends: a greeting that is still here was not waited for.
    if (more && session.stream.unsent() > 0 && refuse_early(session))
        co_return false;
    co_return true;
}

io::Task<Answer> obey(Session& session, const esmtp::Command& command, size_t place) {
    const CommandKind& kind = command_table()[place];
    Count& count = session.counts[place];
    ++count.total;
    if (session.denied && kind.handle != quit_command)
        co_return Answer(503, base::text("5.7.0 Error: access denied for ", session.client.text()));
    if (!kind.plain && session.options().tls.demanded && !session.tls)
        co_return Answer(530, "5.7.0 Must issue a STARTTLS command first");
    if (kind.junk && session.junk++ > session.options().junk_command_limit)
        ++session.errors;
    if (kind.handle != nullptr) {
        Answer answer = kind.handle(session, command);
        count.ok += answer.reply.code < 400;
        co_return answer;
    }
    Answer answer = co_await kind.converse(session, command);
    // A session that begins anew (220) is no command obeyed, unless it was told so beforehand.
    count.ok += answer.reply.code < 400 && (answer.reply.code != 220 || answer.is_said);
    co_return answer;
}

bool over_limits(Session& session) {
    const std::string& host = session.options().myhostname;
    if (session.errors >= session.options().hard_error_limit) {
        log::ended(session, "too many errors");
        session.stream.put(base::text("421 4.7.0 ", host, " Error: too many errors\r\n"));
        return true;
    }
    if (!session.shared.hurry.is_set())
        return false;
    session.stream.put(base::text("421 4.3.2 ", host, " Service shutting down\r\n"));
    return true;
}

// The command that smtpd_command_filter has instead; none while it is in trouble.
io::Task<std::optional<std::string>> filtered(Session& session, std::string_view line) {
    std::string command(base::trim(line));
    const dict::Maps& filter = session.shared.policy.command_filter();
    dict::Lookup instead = co_await filter.find(command, dict::Key::whole);
    if (instead.retry()) {
        log::filter_trouble(session, command);
        co_return std::nullopt;
    }
    if (!instead.found())
        co_return command;
    log::command_replaced(session, command, instead.value);
    co_return std::move(instead.value);
}

// A whole line; false when the session is over with it.
io::Task<bool> one_command(Session& session, std::string_view line) {
    esmtp::Command command = esmtp::split_command(line);
    size_t place = find_command(session.options(), command.verb);
    session.where = command_table()[place].where;
    bool alone = command_table()[place].last || session.protocol == "SMTP";
    if (alone && !session.stream.buffered().empty() && refuse_early(session))
        co_return false;
    Answer answer = co_await obey(session, command, place);
    session.errors += answer.error;
    session.cut_off = answer.ends && (answer.error || !session.stream.buffered().empty());
    if (!answer.is_said)
        co_await reply(session, std::move(answer.reply));
    co_return !answer.ends;
}

// False when the session is over.
io::Task<bool> next_command(Session& session) {
    session.begin_request();
    Line line = co_await next_line(session);
    if (line.kind == Line::none) {
        log::ended(session, "lost connection");
        co_return false;
    }
    if (line.kind == Line::too_long) {
        ++session.errors;
        mail::Reply too_long = mail::Reply::make(500, "5.5.2 Error: line too long");
        co_await reply(session, std::move(too_long));
        co_return true;
    }
    bool bare = !line.text.ends_with("\r\n");
    session.bare_lf_seen = session.bare_lf_seen || bare;
    if (bare && session.forbids_bare_lf(BareLf::reject)) {
        session.stream.put(softened(bare_lf_refused(session).reply, session.options()).wire());
        session.cut_off = true;
        co_return false;
    }
    if (session.shared.policy.command_filter().empty())
        co_return co_await one_command(session, line.text);
    std::optional<std::string> command = co_await filtered(session, line.text);
    if (command)
        co_return co_await one_command(session, *command);
    session.stream.put(
        base::text("421 4.3.0 ", session.options().myhostname, " Server local data error\r\n"));
    session.cut_off = true;
    co_return false;
}

io::Task<void> dialogue(Session& session) {
    bool greeted = co_await greet(session);
    while (greeted) {
        session.cut_off = over_limits(session);
        if (session.cut_off)
            break;
        bool more = co_await next_command(session);
        if (!more)
            break;
    }
    co_await session.stream.flush();
}

// Waits until the client has closed too: closing over unread input would make the kernel throw the
// last reply away.
io::Task<void> part(Session& session) {
    session.stream.deadline(io::loop().now() + farewell);
    co_await session.stream.flush();
    session.stream.wire().finish_writing();
    size_t ignored = 0;
    while (ignored < most_ignored) {
        ignored += session.stream.buffered().size();
        session.stream.consume(session.stream.buffered().size());
        bool more = co_await session.stream.fill();
        if (!more)
            co_return;
    }
}

enum class End { regular, timeout, lost, cancelled };

io::Task<End> run(io::Task<void> (*step)(Session&), Session& session) {
    End end = End::regular;
    try {
        co_await step(session);
    } catch (const io::TimedOut&) {
        end = End::timeout;
    } catch (const io::Closed&) {
        end = End::lost;
    } catch (const io::Cancelled&) {
        end = End::cancelled;
    }
    co_return end;
}

}  // namespace

void Session::begin_request() {
    stream.limit(options().timeout);
    request_began = io::loop().now();
    stream.deadline(request_began + options().timeout);
    content_bytes = 0;
}

void Session::content_came(uint64_t bytes) {
    content_bytes += bytes;
    uint64_t limit = options().message_size_limit;
    uint64_t counted = limit == 0 ? content_bytes : std::min(content_bytes, limit);
    stream.deadline(request_began + options().timeout +
                    std::chrono::seconds(counted / least_data_rate));
}

std::string_view Session::queue_id() const {
    return mail && !mail->queue_id().empty() ? std::string_view(mail->queue_id()) : "NOQUEUE";
}

void Session::reset_mail() {
    mail.reset();
    forwarded = Forwarded();
    login.sender.clear();
}

bool Session::discards(std::string_view ehlo_keyword) const {
    const std::vector<std::string>& words =
        discarded_keywords ? *discarded_keywords : options().discarded_ehlo_keywords;
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return base::equal_nocase(word, ehlo_keyword);
    });
}

bool Session::forbids_bare_lf(BareLf how) const {
    return options().bare_lf == how && !client.may_bare_lf;
}

io::Task<void> converse(const Shared& shared, std::unique_ptr<io::Wire> wire, Client client) {
    Session session(shared, std::move(wire), std::move(client));
    if (shared.names != nullptr)
        co_await shared.names->complete(session.client);
    co_await shared.policy.recognize(session.client);
    log::connect(session);
    End end = co_await run(dialogue, session);
    if (end == End::timeout) {
        log::ended(session, "timeout");
        session.stream.put(
            base::text("421 4.4.2 ", shared.options.myhostname, " Error: timeout exceeded\r\n"));
    }
    if (end == End::lost)
        log::ended(session, "lost connection");
    session.mail.reset();
    bool unread = end == End::timeout || (end == End::regular && session.cut_off);
    if (unread) {
        End parted = co_await run(part, session);
        end = parted;
    }
    log::disconnect(session);
    if (end == End::cancelled)
        throw io::Cancelled();
}

}  // namespace smtpd
