// BDAT: the content in chunks of announced size (RFC 3030).
#include "lib/base/text.h"
#include "smtpd/commands.h"
#include "smtpd/judge.h"

namespace smtpd {

namespace {

struct Chunk {
    uint64_t size = 0;
    bool last = false;
};

std::optional<Chunk> read_chunk(const esmtp::Command& command) {
    auto words = command.words();
    if (words.empty() || words.size() > 2)
        return std::nullopt;
    auto size = base::number<uint64_t>(words[0]);
    bool last = words.size() == 2 && base::equal_nocase(words[1], "last");
    if (!size || *size > (uint64_t{1} << 62) || (words.size() == 2 && !last))
        return std::nullopt;
    return Chunk{*size, last};
}

// What is wrong before a byte of the chunk is read; the chunk is discarded then.
std::optional<Answer> refuse_chunk(Session& session, const Chunk& chunk) {
    if (!session.mail)
        return Answer(503, "5.5.1 Error: need RCPT command");
    if (session.mail->recipients() == 0)
        return Answer(554, "5.5.1 Error: no valid recipients");
    if (!session.mail->bdat)
        session.mail->bdat.emplace();
    auto& bdat = *session.mail->bdat;
    if (bdat.failed)
        return Answer(551,
                      base::text("5.0.0 Discarded ", chunk.size, " bytes after earlier error"));
    uint64_t limit = session.options().message_size_limit;
    if (limit > 0 && chunk.size > limit - std::min(limit, bdat.bytes))
        return Answer(552, "5.3.4 Chunk exceeds message size limit");
    bdat.bytes += chunk.size;
    return std::nullopt;
}

// Reads the chunk, for the message or for nothing; false at a bare LF that is not allowed.
io::Task<bool> receive(Session& session, uint64_t left, bool keep) {
    while (left > 0) {
        if (session.stream.buffered().empty()) {
            bool more = co_await session.stream.fill();
            if (!more)
                throw io::Closed("lost connection");
        }
        std::string_view bytes = session.stream.buffered().substr(0, left);
        left -= bytes.size();
        session.content_came(bytes.size());
        std::string content;  // not kept while this waits for the client
        if (keep)
            session.mail->bdat->text.feed(bytes, content);
        session.stream.consume(bytes.size());
        if (!keep)
            continue;
        bool bare = session.mail->bdat->text.bare_lf();
        session.bare_lf_seen = session.bare_lf_seen || bare;
        if (bare && session.forbids_bare_lf(BareLf::reject))
            co_return false;
        co_await session.mail->add_content(content);
    }
    co_return true;
}

}  // namespace

io::Task<Answer> bdat_command(Session& session, const esmtp::Command& command) {
    if (session.discards("chunking"))
        co_return Answer(502, "5.5.1 Error: command not implemented");
    auto chunk = read_chunk(command);
    // Where the size is not known, nobody can tell content from commands any more.
    if (!chunk)
        co_return Answer(521, "5.5.4 Syntax: BDAT count [LAST]").ending();
    if (chunk->size == 0 && !chunk->last)
        co_return Answer(551, "5.7.1 Null BDAT request").ending();
    bool first = session.mail && !session.mail->bdat;
    auto refusal = refuse_chunk(session, *chunk);
    if (first && !refusal) {
        Objection objection = co_await judge_data(session);
        if (objection)
            refusal = Answer(std::move(*objection));
    }
    session.begin_request();
    session.in_content = true;
    bool keep = !refusal && !session.mail->discarded;
    bool complete = co_await receive(session, chunk->size, keep);
    session.in_content = false;
    if (!complete)
        co_return bare_lf_refused(session);
    if (refusal) {
        if (session.mail && session.mail->bdat)
            session.mail->bdat->failed = true;
        if (chunk->last)
            session.reset_mail();
        co_return std::move(*refusal);
    }
    if (!chunk->last)
        co_return Answer(250, base::text("2.0.0 Ok: ", chunk->size, " bytes"));
    std::string ok = base::text("2.0.0 Ok: ", session.mail->bdat->bytes, " bytes queued as ",
                                session.queue_id());
    co_return co_await end_of_message(session, ok);
}

}  // namespace smtpd
