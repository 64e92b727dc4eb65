#include "editor.h"

#include <algorithm>

#include "../juce_version.h"
#include "../plain_words.h"

namespace loopshare {

using sidespan::Consent;

namespace {

constexpr int refreshHz = 15;
constexpr int headerHeight = 32;
constexpr int greatestMessageHeight = 100;
constexpr int captureHeight = 254;
constexpr int leastActivityHeight = 76;  // a heading and a line
constexpr int serviceHeight = 176;

}

Editor::Editor(LoopShareProcessor& loopShare)
    : AudioProcessorEditor(loopShare),
      loopShare_(loopShare),
      settings_("Settings",
                [this] {
                    clicked("settings");
                    showSettings(!settings_.getToggleState());
                }),
      capture_(context()),
      feed_(context()),
      waterfall_(context()),
      health_(context()),
      privacy_(context()),
      service_(context()) {
    setTitle("Loop Share");
    title_.setFont(sansFont(20, true));
    recording_.setJustificationType(juce::Justification::centredRight);
    for (auto* const part :
         std::initializer_list<juce::Component*>{&title_, &recording_, &settings_, &capture_, &feed_,
                                                 &privacy_, &service_, &waterfall_, &health_}) {
        addAndMakeVisible(part);
    }
    addChildComponent(message_);
    int order = 0;
    for (auto* const part : std::initializer_list<juce::Component*>{
             &capture_, &feed_, &settings_, &privacy_, &service_, &waterfall_, &health_, &message_}) {
        part->setExplicitFocusOrder(++order);
    }
    setLookAndFeel(&lookAndFeel_);  // now that there is something to tell of it
    privacy_.onChange = [this] { resized(); };
    health_.onChange = [this] { resized(); };
    service_.onError = [this](const auto& error) {
        addressError_.emplace(error);
        refresh();
    };
    message_.onDismiss = [this] {
        dismissedAt_ = Failure::Clock::now();
        refresh();
    };
    setFocusContainerType(FocusContainerType::keyboardFocusContainer);
    setResizable(true, true);
    setResizeLimits(760, 640, 1600, 1200);  // with the question and a message
    setSize(860, 680);
    refresh();
    startTimerHz(refreshHz);
}

Editor::~Editor() {
    setLookAndFeel(nullptr);
}

PanelContext Editor::context() {
    return {loopShare_, [this](const char* action) { clicked(action); }};
}

void Editor::clicked(const char* action) {
    addressError_.reset();
    response_ = loopShare_.session()->recorder().openSpan("ui.response");
    response_.set("ui.action", action);
    repaint();
}

void Editor::paintOverChildren(juce::Graphics&) {
    response_.end();
}

void Editor::showSettings(bool isShown) {
    settings_.setToggleState(isShown, juce::dontSendNotification);
    resized();
}

void Editor::refresh() {
    for (Panel* const panel :
         std::initializer_list<Panel*>{&capture_, &feed_, &waterfall_, &health_, &privacy_, &service_}) {
        panel->refresh();
    }
    const auto consent = loopShare_.session()->consent();
    show(recording_, !isTraced                     ? ""
                     : consent == Consent::granted ? "Sending measurements"
                                                   : "Sending no measurements");
    showFailure();
    if (privacy_.isVisible() != showsPrivacy()) resized();  // answered in another window
}

bool Editor::showsPrivacy() const {
    return isTraced && (settings_.getToggleState() || loopShare_.session()->isConsentDue());
}

void Editor::showFailure() {
    const auto share = loopShare_.share().status();
    const auto playback = loopShare_.playback().status();
    const auto account = loopShare_.session()->account().status();
    const auto feed = loopShare_.session()->feed().status();
    const auto feedTrace = feed.trace.isValid() ? feed.trace.traceId.toUuid() : std::string();
    const Failure* last = nullptr;
    std::string traceId;
    const auto consider = [&](const std::optional<Failure>& failure, const std::string& trace) {
        if (!failure || failure->at <= (last != nullptr ? last->at : dismissedAt_)) return;
        last = &*failure;
        traceId = trace;
    };
    consider(share.error, share.traceId);
    consider(playback.error, playback.traceId);
    consider(account.error, account.traceId);
    consider(feed.error, feedTrace);
    consider(addressError_, {});
    if (last != nullptr) {
        message_.show(inPlainWords(*last), traceId);
    } else {
        message_.show({}, {});
    }
    const bool isOther = message_.isVisible() != (last != nullptr);
    message_.setVisible(last != nullptr);
    if (isOther || (last != nullptr && message_.getHeight() != messageHeight())) resized();
}

int Editor::messageHeight() const {
    return std::min(greatestMessageHeight, message_.wantedHeight(getWidth() - 2 * metrics::gap));
}

void Editor::paint(juce::Graphics& g) {
    g.fillAll(palette::background);
}

void Editor::resized() {
    auto area = getLocalBounds().reduced(metrics::gap);
    auto header = area.removeFromTop(headerHeight);
    settings_.setBounds(header.removeFromRight(96));
    header.removeFromRight(metrics::gap);
    title_.setBounds(header.removeFromLeft(160));
    recording_.setBounds(header);
    area.removeFromTop(metrics::gap);
    if (message_.isVisible()) {
        message_.setBounds(area.removeFromBottom(messageHeight()));
        area.removeFromBottom(metrics::gap);
    }
    auto left = area.removeFromLeft((area.getWidth() - metrics::gap) * 9 / 20);
    capture_.setBounds(left.removeFromTop(captureHeight));
    left.removeFromTop(metrics::gap);
    feed_.setBounds(left);
    area.removeFromLeft(metrics::gap);
    layOutRight(area);
}

void Editor::layOutRight(juce::Rectangle<int> area) {
    const bool isSettings = settings_.getToggleState();
    service_.setVisible(isSettings);
    health_.setVisible(!isSettings);
    privacy_.setVisible(showsPrivacy());
    if (isSettings) {
        waterfall_.setVisible(false);
        service_.setBounds(area.removeFromTop(serviceHeight));
        area.removeFromTop(metrics::gap);
        privacy_.setBounds(area);
        return;
    }
    const int question = privacy_.isVisible() ? privacy_.wantedHeight(area.getWidth()) + metrics::gap : 0;
    const int least = question > 0 ? privacy_.leastHeight(area.getWidth()) : leastActivityHeight;
    health_.setBounds(area.removeFromBottom(
        std::min(health_.wantedHeight(area.getWidth()), area.getHeight() - metrics::gap - least)));
    area.removeFromBottom(metrics::gap);
    if (question > 0) {
        // What would be sent takes the room of what was.
        const bool isAlone = area.getHeight() < question + leastActivityHeight;
        privacy_.setBounds(area.removeFromTop(isAlone ? area.getHeight() : question - metrics::gap));
        area.removeFromTop(metrics::gap);
    }
    waterfall_.setVisible(!area.isEmpty());
    waterfall_.setBounds(area);
}

}
