#pragma once

#include <cstdlib>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "support/fault_server.h"
#include "support/patience.h"
#include "support/temporary_directory.h"

#include "juce_version.h"
#include "session.h"

namespace loopshare::testing {

using sidespan::test::eventually;

/// A user's settings in a folder of their own, a server, and sessions between them.
class LoopShareTest : public ::testing::Test {
protected:
    using Consent = sidespan::Consent;

    LoopShareTest() { ::setenv("LOOPSHARE_SETTINGS", settingsFile().getFullPathName().toRawUTF8(), 1); }
    ~LoopShareTest() override { ::unsetenv("LOOPSHARE_SETTINGS"); }

    [[nodiscard]] juce::File settingsFile() const { return juce::File(folder_ / "settings/settings.xml"); }

    /// A session of a user who has answered, at the server.
    [[nodiscard]] std::shared_ptr<Session> session(Consent::State consent = Consent::granted) {
        Settings settings(settingsFile());
        settings.setEndpoint(server_.url());
        settings.setConsent(consent);
        return Session::shared();
    }

    /// Waits as eventually() does, and deals with JUCE's messages and timers meanwhile, as a host does.
    static bool eventuallyInHost(const std::function<bool()>& holds) {
        return eventually([&] {
            while (dispatchNextMessage()) {
            }
            return holds();
        });
    }

    /// The names of the spans of the operation recorded last, in the order they began: "a b c".
    [[nodiscard]] static std::string lastOperation(Session& session) {
        static_cast<void>(session.recorder().flush(std::chrono::seconds(10)));
        auto operations = recentTraces(session.recorder())->operations();
        if (operations.empty()) return {};
        std::ranges::sort(operations.front().spans, {}, &RecentSpan::startNanos);
        std::string names;
        for (const auto& span : operations.front().spans) names += (names.empty() ? "" : " ") + span.name;
        return names;
    }

    /// The request of that target, as the server saw it.
    [[nodiscard]] sidespan::test::ReceivedRequest request(const std::string& target) const {
        for (const auto& request : server_.requests()) {
            if (request.target == target) return request;
        }
        ADD_FAILURE() << "nobody asked for " << target;
        return {};
    }

    sidespan::test::TemporaryDirectory folder_;
    sidespan::test::FaultServer server_;
};

}
