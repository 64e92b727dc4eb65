#pragma once

#include "panel.h"

namespace loopshare {

/// Where the service is, and who is signed in there.
class ServicePanel final : public Panel {
public:
    explicit ServicePanel(PanelContext context);

    void refresh() override;
    void resized() override;

    /// Called with what is wrong with the address.
    std::function<void(const sidespan::Error&)> onError;

private:
    void useAddress();
    void signInOrOut();
    [[nodiscard]] juce::String describe(const Account::Status& status) const;

    bool wasBusy_ = false;
    std::string shown_;  // the address that was filled in
    Text addressLabel_{"Address"};
    juce::TextEditor address_;
    PushButton use_;
    Text userLabel_{"Name"};
    juce::TextEditor user_;
    Text passwordLabel_{"Password"};
    juce::TextEditor password_{{}, juce::juce_wchar(0x2022)};
    PushButton sign_;
    Name state_{{}, true};
};

}
