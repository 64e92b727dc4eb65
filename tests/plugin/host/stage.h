#pragma once

#include <functional>

namespace loopshare::testing {

/// What a host is to a plugin besides its audio thread: JUCE, set up and running its message loop on this
/// thread, which must be the program's first. Without an X server there are no windows, and everything else
/// works.
class Stage {
public:
    /// Runs `script` on a thread of its own beside the message loop, and takes JUCE down after it, so that
    /// whatever the script loaded is unloaded. What the script throws is thrown here.
    static void run(const std::function<void()>& script);

    /// Runs `action` on the message thread and waits for it. [script] What it throws is thrown here.
    static void onMessageThread(const std::function<void()>& action);

    /// Whether windows can be opened.
    [[nodiscard]] static bool hasWindows();
};

}
