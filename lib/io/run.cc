#include "lib/io/run.h"

#include "lib/base/log.h"

namespace io {
namespace {

Task<void> stop_after(Scope& work, std::exception_ptr& error) {
    try {
        co_await work.join();
    } catch (...) {
        error = std::current_exception();
    }
    loop().stop();
}

}  // namespace

void run_task(Task<void> task) {
    Scope work, watch;
    std::exception_ptr error;
    work.spawn(std::move(task));
    watch.spawn(stop_after(work, error));
    while (watch.running() > 0)
        loop().run();
    if (error)
        std::rethrow_exception(error);
}

int run_main(Task<void> task) {
    try {
        run_task(std::move(task));
        return 0;
    } catch (const std::exception& error) {
        base::log::error(error.what());
        base::log::flush();
        return 1;
    }
}

}  // namespace io
