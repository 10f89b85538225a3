#include "bounce/server.h"

#include <cerrno>
#include <exception>

#include "bounce/original.h"
#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/cleanup/log.h"
#include "lib/io/scope.h"

namespace bounce {

namespace {

// Each holds files, a piece of the message and its draft, and shares its flush with the others.
constexpr size_t reports_at_a_time = 64;

spool::Options spool_options(const config::Settings& settings) {
    auto options = spool::Options::from(settings, ipc::Service::queue_directory());
    options.message_limit = 0;  // a report may be larger than what it is about
    return options;
}

// A shortage of ours passes: then the message can be read again.
bool passes(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM;
}

}  // namespace

Server::Server(const config::Settings& settings, dict::Tables& tables)
    : spool_(spool_options(settings)), mappings_(settings, tables), room_(reports_at_a_time) {
    identity_.hostname = settings.text("myhostname");
    identity_.mail_name = settings.text("mail_name");
    identity_.size_limit = settings.size("bounce_size_limit");
    identity_.redacts = settings.flag("requiretls_redact_dsn");
    identity_.keeps_requiretls =
        settings.flag("requiretls_enable") && settings.flag("requiretls_esmtp_header");
}

io::Task<void> Server::run(ipc::Service& service) {
    spool::Writer writer(spool_);
    ipc::RingClient doorbell(writer);
    io::Scope scope;
    scope.spawn(doorbell.run());
    service.ready();
    std::exception_ptr failure;
    try {
        ipc::Service::Handler handler = [&](io::Accepted client) {
            return converse(io::descriptor_wire(std::move(client.fd)), writer, doorbell,
                            spool::real_disk());
        };
        co_await service.serve(handler);
        co_await writer.close();
    } catch (...) {
        failure = std::current_exception();
    }
    scope.cancel();
    co_await scope.join();
    if (failure)
        std::rethrow_exception(failure);
}

io::Task<void> Server::converse(std::unique_ptr<io::Wire> wire, spool::Writer& writer,
                                ipc::RingClient& doorbell, spool::Disk& disk) {
    ipc::Duplex link(std::move(wire));
    io::Scope sending;
    io::Scope answers;
    sending.spawn(link.send());
    std::exception_ptr failure;
    try {
        for (;;) {
            std::optional<ipc::Frame> frame = co_await link.read();
            if (!frame)
                break;
            auto request = ipc::BounceRequest::decode(frame->payload);
            co_await room_.acquire();
            answers.spawn(answer(link, std::move(request), writer, doorbell, disk));
        }
    } catch (const io::Closed&) {
    } catch (const base::DecodeError& error) {
        base::log::warning(base::text("request not understood: ", error.what()));
    } catch (...) {
        failure = std::current_exception();
        answers.cancel();
    }
    // Answers under way go on behind the end of the connection, but not behind that of the process.
    try {
        co_await answers.join();
    } catch (...) {
        failure = std::current_exception();
        answers.cancel();
    }
    co_await answers.join();
    sending.cancel();
    co_await sending.join();
    if (failure)
        std::rethrow_exception(failure);
}

io::Task<void> Server::answer(ipc::Duplex& link, ipc::BounceRequest request, spool::Writer& writer,
                              ipc::RingClient& doorbell, spool::Disk& disk) {
    io::Permit place(room_);
    ipc::BounceAnswer reply;
    reply.id = request.id;
    try {
        auto report = co_await commit(request, writer, disk);
        reply.report = report;
        doorbell.ring();
    } catch (const io::Cancelled&) {
        throw;
    } catch (const std::runtime_error& error) {
        reply.error = error.what();
    }
    link.put(static_cast<uint8_t>(ipc::BounceFrame::answer), reply.encode());
}

// Throws what the spool throws when the message cannot be read, and spool::Refused.
io::Task<spool::Draft> Server::compose(const Report& report, const ipc::BounceRequest& request,
                                       spool::Writer& writer, spool::Disk& disk) {
    spool::Draft draft = writer.draft();
    co_await draft.append(report.before);
    if (report.attached != Attached::nothing) {
        Returned returned(open_original(disk, spool_.queue_directory, request.message),
                          report.attached == Attached::message);
        for (std::string_view piece = returned.next(); !piece.empty(); piece = returned.next())
            co_await draft.append(piece);
    }
    co_await draft.append(report.after);
    co_return draft;
}

// The queue ID of the report, which is durable.
io::Task<std::string> Server::commit(ipc::BounceRequest& request, spool::Writer& writer,
                                     spool::Disk& disk) {
    if (request.envelope.sender.empty())
        throw std::runtime_error("there is nobody to report to");
    Making making;
    making.now = io::loop().wall();
    making.id = writer.next_id().text();
    making.attached = attached(request, identity_);
    Report report = make_report(request, identity_, making);
    std::optional<spool::Draft> draft;
    std::string unreadable;
    try {
        spool::Draft composed = co_await compose(report, request, writer, disk);
        draft = std::move(composed);
    } catch (const spool::Refused&) {
        throw;
    } catch (const base::SystemError& error) {
        if (passes(error.code()))
            throw;
        unreadable = error.what();
    } catch (const std::runtime_error& error) {
        unreadable = error.what();
    }
    if (!draft) {
        // The sender is told all the same: nobody can read it later either.
        base::log::warning(
            base::text(request.envelope.queue_id, ": returned without its content: ", unreadable));
        making.attached = Attached::nothing;
        report = make_report(request, identity_, making);
        spool::Draft composed = co_await compose(report, request, writer, disk);
        draft = std::move(composed);
    }
    bool failure = request.kind == ipc::ReportKind::failure;
    base::log::info(base::text(request.envelope.queue_id,
                               failure ? ": sender non-delivery notification: "
                                       : ": sender delivery status notification: ",
                               making.id));
    cleanup::log::message_id(making.id, report.message_id, false);
    mail::Envelope envelope = report_envelope(request, identity_, making, report.message_id);
    std::vector<mail::Recipient> mapped = co_await mappings_.recipients(envelope, false);
    envelope.recipients = std::move(mapped);
    co_await writer.commit(std::move(envelope), std::move(*draft));
    co_return making.id;
}

}  // namespace bounce
