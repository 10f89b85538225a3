#include "lib/io/scope.h"

#include <vector>

#include "lib/base/log.h"
#include "lib/io/loop.h"

namespace io {

void detail::root_ended(Root& root) {
    loop().reap(root);
}

Root::Root(Scope& scope, Task<void> task) : scope_(scope), task_(std::move(task)) {}

void Root::start() {
    task_.handle_.promise().strand = &strand_;
    task_.handle_.promise().root = this;
    loop().post(task_.handle_);
}

// The task has ended: its frame goes, the scope hears of it.
void Root::destroy() {
    Scope& scope = scope_;
    std::exception_ptr error = task_.handle_.promise().error;
    if (error && !scope.error_) {
        try {
            std::rethrow_exception(error);
        } catch (const Cancelled&) {
        } catch (...) {
            scope.error_ = error;
        }
    }
    scope.ended(*this);
    delete this;
}

Scope::~Scope() {
    if (!roots_.empty())
        base::log::panic("a scope ends while its tasks run");
}

void Scope::spawn(Task<void> task) {
    auto root = std::make_unique<Root>(*this, std::move(task));
    root->start();
    roots_.insert(root.release());  // destroy() deletes it
}

void Scope::cancel() {
    cancelled_ = !roots_.empty();
    std::vector<Root*> all(roots_.begin(), roots_.end());
    for (Root* root : all)
        root->cancel();
}

void Scope::ended(Root& root) {
    roots_.erase(&root);
    if (!roots_.empty())
        return;
    cancelled_ = false;
    joiners_.wake_all();
}

void Scope::Join::await_resume() {
    finish();
    if (scope_.error_)
        std::rethrow_exception(std::exchange(scope_.error_, nullptr));
}

}  // namespace io
