#include "stage.h"

#include <exception>
#include <future>
#include <thread>

#include <juce_gui_basics/juce_gui_basics.h>

#include "x_errors.h"

namespace loopshare::testing {

void Stage::run(const std::function<void()>& script) {
    const juce::ScopedJuceInitialiser_GUI juce;
    if (hasWindows()) forgiveXErrors();
    std::exception_ptr failure;
    std::thread thread([&] {
        try {
            script();
        } catch (...) {
            failure = std::current_exception();
        }
        juce::MessageManager::getInstance()->stopDispatchLoop();
    });
    juce::MessageManager::getInstance()->runDispatchLoop();
    thread.join();
    if (failure) std::rethrow_exception(failure);
}

void Stage::onMessageThread(const std::function<void()>& action) {
    std::promise<void> done;
    juce::MessageManager::callAsync([&] {
        try {
            action();
            done.set_value();
        } catch (...) {
            done.set_exception(std::current_exception());
        }
    });
    done.get_future().get();
}

bool Stage::hasWindows() {
    return juce::SystemStats::getEnvironmentVariable("DISPLAY", {}).isNotEmpty();
}

}
