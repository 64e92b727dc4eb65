#include <sidespan/juce/message_thread_executor.h>

#include <utility>

#include <juce_events/juce_events.h>

namespace sidespan::inline v0 {

MessageThreadExecutor::MessageThreadExecutor() : alive_(std::make_shared<Alive>()) {}

MessageThreadExecutor::~MessageThreadExecutor(){JUCE_ASSERT_MESSAGE_MANAGER_IS_LOCKED}

std::function<void(MessageThreadExecutor::Function)> MessageThreadExecutor::executor() const {
    return [alive = std::weak_ptr(alive_)](Function function) {
        juce::MessageManager::callAsync([alive, function = std::move(function)] {
            if (!alive.expired()) function();
        });
    };
}

}
