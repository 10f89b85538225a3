// Task<T> is a coroutine that gives one T to the one who awaits it.
//
// It starts when it is awaited (or spawned into a Scope) and runs in the awaiter's thread. A result
// or exception goes to the awaiter. A task that finishes without waiting goes straight on; one that
// had to wait resumes its awaiter through the loop's ready list, so stacks never grow.
// Every task belongs to a Strand, the chain from a spawned root down to the wait it stands at;
// cancelling a scope throws Cancelled at that wait.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace io {

// Thrown at the pending wait of a task whose scope was cancelled, and at every wait after that.
struct Cancelled : std::exception {
    const char* what() const noexcept override { return "cancelled"; }
};

class Wait;
class Root;

// What cancelling needs to know of one spawned chain of tasks.
struct Strand {
    bool cancelled = false;
    bool told = false;  // Cancelled was thrown once; a join may wait undisturbed from then on
    Wait* pending = nullptr;

    void cancel();
};

namespace detail {

// Puts `handle` on the ready list of this thread's loop.
void post(std::coroutine_handle<> handle);
// Tells the scope that this root has ended; its frame is destroyed after this turn of the list.
void root_ended(Root& root);

struct PromiseBase {
    std::coroutine_handle<> awaiter;
    Strand* strand = nullptr;
    Root* root = nullptr;
    bool awaiter_sleeps = false;
    std::exception_ptr error;

    std::suspend_always initial_suspend() noexcept { return {}; }

    struct Final {
        bool await_ready() noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> self) noexcept {
            PromiseBase& promise = self.promise();
            if (promise.root != nullptr)
                root_ended(*promise.root);
            else if (promise.awaiter_sleeps)
                post(promise.awaiter);
        }
        void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { error = std::current_exception(); }
};

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;

    template <class U>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
    T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
    void return_void() noexcept {}
    void take() noexcept {}
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task {
  public:
    struct promise_type : detail::Promise<T> {
        Task get_return_object() {
            return Task(std::coroutine_handle<promise_type>::from_promise(*this));
        }
    };

    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Task() {
        if (handle_)
            handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> awaiter) {
        detail::PromiseBase& mine = handle_.promise();
        mine.awaiter = awaiter;
        mine.strand = awaiter.promise().strand;
        handle_.resume();
        if (handle_.done())
            return false;
        mine.awaiter_sleeps = true;
        return true;
    }
    T await_resume() {
        if (handle_.promise().error)
            std::rethrow_exception(handle_.promise().error);
        return handle_.promise().take();
    }

  private:
    friend class Root;
    explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

    std::coroutine_handle<promise_type> handle_;
};

}  // namespace io
