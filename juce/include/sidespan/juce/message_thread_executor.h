#pragma once

#include <functional>
#include <memory>

namespace sidespan::inline v0 {

/// Runs functions on JUCE's message thread for as long as it exists: a member of the component they touch, so
/// that none of them meets a component that is gone.
///
///     class Feed : public juce::Component {
///         sidespan::MessageThreadExecutor messageThread_;
///         sidespan::NetworkClient client_{config_, messageThread_.executor()};
///     };
///     pool.addJob(messageThread_.bind([this](int done) { progress_.setValue(done); }));
///
/// To be destroyed on the message thread. What it gives out may be called on any thread, also after its end,
/// and then does nothing.
class MessageThreadExecutor {
public:
    using Function = std::function<void()>;

    MessageThreadExecutor();
    ~MessageThreadExecutor();
    MessageThreadExecutor(const MessageThreadExecutor&) = delete;
    MessageThreadExecutor& operator=(const MessageThreadExecutor&) = delete;

    /// For whoever takes an Executor. [any thread] What it runs comes later, in the order in which it was
    /// given, also when given by the message thread. Allocates; never waits for the message thread. A
    /// function is dropped when this is gone, or JUCE's message loop is.
    [[nodiscard]] std::function<void(Function)> executor() const;

    /// `function` as something to be called on any thread, with copies of its arguments brought along.
    template <class F>
    [[nodiscard]] auto bind(F function) const {
        return [run = executor(), function](auto... arguments) {
            run([function, arguments...] { function(arguments...); });
        };
    }

private:
    struct Alive {};
    std::shared_ptr<Alive> alive_;
};

}
