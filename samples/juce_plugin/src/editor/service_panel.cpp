#include "service_panel.h"

#include "look_and_feel.h"

namespace loopshare {

namespace {

constexpr int buttonWidth = 84;

void prepare(juce::TextEditor& field, const juce::String& title) {
    field.setTitle(title);
    field.setIndents(8, 0);
    field.setJustification(juce::Justification::centredLeft);
    field.setSelectAllWhenFocused(true);
}

}

ServicePanel::ServicePanel(PanelContext context)
    : Panel("Service", std::move(context)),
      use_(
          "Use", [this] { useAddress(); }, "Use this address"),
      sign_("Sign in", [this] { signInOrOut(); }) {
    prepare(address_, "Address of the service");
    prepare(user_, "Name");
    prepare(password_, "Password");
    address_.onReturnKey = [this] { useAddress(); };
    password_.onReturnKey = [this] { signInOrOut(); };
    for (auto* const part :
         std::initializer_list<juce::Component*>{&addressLabel_, &address_, &use_, &userLabel_, &user_,
                                                 &passwordLabel_, &password_, &sign_, &state_}) {
        addAndMakeVisible(part);
    }
    refresh();
}

void ServicePanel::useAddress() {
    clicked("service.address");
    const auto outcome = session().setEndpoint(address_.getText().trim());
    if (!outcome && onError) onError(outcome.error());
    refresh();
}

void ServicePanel::signInOrOut() {
    clicked("account");
    auto& account = session().account();
    if (account.status().who.token.isNotEmpty()) {
        account.signOut();
    } else {
        account.signIn(user_.getText().trim(), password_.getText());
        password_.clear();
    }
    refresh();
}

void ServicePanel::refresh() {
    if (!address_.hasKeyboardFocus(true) && session().endpoint() != shown_) {
        shown_ = session().endpoint();
        address_.setText(shown_);
    }
    const auto status = session().account().status();
    const bool isSignedIn = status.who.token.isNotEmpty();
    user_.setEnabled(!isSignedIn && !status.isBusy);
    password_.setEnabled(!isSignedIn && !status.isBusy);
    sign_.setEnabled(!status.isBusy);
    if (isSignedIn && user_.getText() != status.who.user) user_.setText(status.who.user);
    show(sign_, isSignedIn ? "Sign out" : "Sign in");
    show(state_, describe(status));
    const bool isOver = std::exchange(wasBusy_, status.isBusy) && !status.isBusy;
    if (isOver && !status.error) announce(describe(status));
}

juce::String ServicePanel::describe(const Account::Status& status) const {
    if (status.isBusy) return "Asking the service...";
    if (status.error) return "Not signed in.";
    if (status.who.token.isNotEmpty()) return "Signed in as " + status.who.user + ".";
    return "Sign in to share under your own name.";
}

void ServicePanel::resized() {
    auto area = content();
    const auto row = [&](Text& label, juce::Component& field, juce::Component* button) {
        auto place = area.removeFromTop(metrics::control);
        label.setBounds(place.removeFromLeft(metrics::label));
        auto end = place.removeFromRight(buttonWidth);
        if (button != nullptr) button->setBounds(end);
        place.removeFromRight(metrics::gap);
        field.setBounds(place);
        area.removeFromTop(metrics::gap / 2);
    };
    row(addressLabel_, address_, &use_);
    row(userLabel_, user_, nullptr);
    row(passwordLabel_, password_, &sign_);
    state_.setBounds(area.removeFromTop(18));
}

}
