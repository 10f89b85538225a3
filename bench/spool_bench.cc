// Measures the log alone: messages a second that one writer makes durable, by the number of
// sessions that wait at a time.
//
//     spool_bench QUEUE_DIRECTORY [SECONDS [CONTENT_BYTES]]
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>

#include "lib/base/text.h"
#include "lib/io/run.h"
#include "lib/io/scope.h"
#include "lib/io/sleep.h"
#include "lib/spool/job_thread.h"
#include "lib/spool/pool.h"
#include "lib/spool/reader.h"
#include "lib/spool/writer.h"

namespace {

struct Run {
    spool::Writer& writer;
    base::Instant until;
    std::string content;
    uint64_t committed = 0;
    uint64_t refused = 0;
};

io::Task<void> session(Run& run) {
    while (base::steady_now() < run.until) {
        mail::Envelope envelope;
        envelope.queue_id = run.writer.next_id().text();
        envelope.arrival = io::loop().wall();
        envelope.sender = "sender@example.com";
        envelope.client_name = "unknown";
        envelope.client_address = "127.0.0.1";
        envelope.helo_name = "bench.example.com";
        envelope.protocol = "ESMTP";
        envelope.recipients.resize(1);
        envelope.recipients[0].address = "recipient@example.org";
        spool::Draft draft = run.writer.draft();
        if (!draft.try_append(run.content))
            co_await draft.append(run.content);
        bool refused = false;
        try {
            co_await run.writer.commit(envelope, std::move(draft));
        } catch (const spool::Refused&) {
            refused = true;
        }
        ++(refused ? run.refused : run.committed);
        if (refused)
            co_await io::sleep(base::Duration(10'000));
    }
}

double cpu_seconds() {
    rusage used;
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

// Stands for the queue manager: what is read is done with at once.
void recycle_all(const spool::Options& options) {
    spool::Pool pool(options);
    for (const auto& info : pool.segments())
        if (info.state != spool::SegmentState::free)
            pool.recycle(info.number, info.epoch);
}

io::Task<void> keep_recycling(spool::JobThread& thread, const spool::Options& options,
                              const bool& stop) {
    while (!stop) {
        std::function<void()> job = [&options] { recycle_all(options); };
        co_await thread.run(job);
        co_await io::sleep(base::Duration(50'000));
    }
}

io::Task<void> sessions(Run& run, unsigned count) {
    io::Scope scope;
    for (unsigned i = 0; i < count; ++i)
        scope.spawn(session(run));
    co_await scope.join();
}

io::Task<void> measure(const spool::Options& options, unsigned count, double seconds,
                       size_t bytes) {
    spool::JobThread thread;
    spool::Writer writer(options);
    Run run{writer, {}, {}};
    while (run.content.size() < bytes)
        run.content += "An ordinary line of text, as most mail has them.\r\n";
    run.content.resize(bytes);
    bool stop = false;
    io::Scope recycler;
    recycler.spawn(keep_recycling(thread, options, stop));
    auto begin = base::steady_now();
    double cpu = cpu_seconds();
    run.until = begin + base::Duration(static_cast<int64_t>(seconds * 1e6));
    co_await sessions(run, count);
    double took = std::chrono::duration<double>(base::steady_now() - begin).count();
    cpu = cpu_seconds() - cpu;
    auto messages = static_cast<double>(run.committed);
    std::printf("%4u sessions: %7.0f messages/s, %5.1f us CPU a message", count, messages / took,
                1e6 * cpu / messages);
    std::printf(run.refused ? ", %llu refused\n" : "\n",
                static_cast<unsigned long long>(run.refused));
    std::fflush(stdout);
    stop = true;
    co_await recycler.join();
    co_await writer.close();
    recycle_all(options);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: spool_bench QUEUE_DIRECTORY [SECONDS [CONTENT_BYTES]]\n");
        return 2;
    }
    spool::Options options;
    options.queue_directory = argv[1];
    for (const char* folder : {"", "/log", "/content", "/corrupt"})
        mkdir((options.queue_directory + folder).c_str(), 0700);
    double seconds = argc > 2 ? std::atof(argv[2]) : 3;
    auto bytes = static_cast<size_t>(argc > 3 ? std::atol(argv[3]) : 4096);
    io::Loop loop;
    options.pool_min = 16;
    spool::Pool(options).fill();
    for (unsigned count : {1u, 16u, 64u, 256u}) {
        int failed = io::run_main(measure(options, count, seconds, bytes));
        if (failed != 0)
            return failed;
    }
}
