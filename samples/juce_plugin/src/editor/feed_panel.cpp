#include "feed_panel.h"

#include "../juce_version.h"
#include "look_and_feel.h"

namespace loopshare {

namespace {

constexpr int rowHeight = 40;
constexpr int playWidth = 64;

juce::String sizeOf(const SharedLoop& loop) {
    return juce::File::descriptionOfSizeInBytes(loop.bytes);
}

// "2026-11-23T18:40:00Z" as the user's own clock has it; nothing when it is no time.
juce::String timeOf(const SharedLoop& loop) {
    const auto time = juce::Time::fromISO8601(loop.uploadedAt);
    return time == juce::Time() ? juce::String() : time.toString(true, true, false, true);
}

juce::String detailsOf(const SharedLoop& loop) {
    const auto time = timeOf(loop);
    return time.isEmpty() ? sizeOf(loop) : time + toText("  ·  ") + sizeOf(loop);
}

}

/// A loop in the list: its name, what is known of it, and its button.
class FeedPanel::Row final : public juce::Component {
public:
    explicit Row(std::function<void(int row)> play)
        : button_("Play", [this] { play_(row_); }), play_(std::move(play)) {
        name_.setInterceptsMouseClicks(false, false);
        details_.setInterceptsMouseClicks(false, false);
        addAndMakeVisible(name_);
        addAndMakeVisible(details_);
        addAndMakeVisible(button_);
    }

    void show(int row, const SharedLoop& loop, bool isPlaying) {
        row_ = row;
        loopshare::show(name_, loop.name.isEmpty() ? juce::String("Untitled loop") : loop.name);
        loopshare::show(details_, detailsOf(loop));
        loopshare::show(button_, isPlaying ? "Stop" : "Play");
        button_.setToggleState(isPlaying, juce::dontSendNotification);
        button_.setTitle((isPlaying ? "Stop " : "Play ") + name_.getText());
    }

    void resized() override {
        auto area = getLocalBounds().reduced(0, 3);
        area.removeFromRight(metrics::gap);
        button_.setBounds(
            area.removeFromRight(playWidth).withSizeKeepingCentre(playWidth, metrics::control - 2));
        area.removeFromRight(metrics::gap);
        name_.setBounds(area.removeFromTop(area.getHeight() / 2));
        details_.setBounds(area);
    }

private:
    Name name_;
    Text details_{{}, true};
    PushButton button_;
    const std::function<void(int row)> play_;
    int row_ = 0;
};

FeedPanel::FeedPanel(PanelContext context)
    : Panel("Shared loops", std::move(context)),
      reload_(
          "Refresh", [this] { reload(); }, "Fetch the list of shared loops"),
      list_({}, this) {
    list_.setRowHeight(rowHeight);
    list_.setTitle("Shared loops");
    addAndMakeVisible(reload_);
    addAndMakeVisible(state_);
    addAndMakeVisible(list_);
    refresh();
}

FeedPanel::~FeedPanel() {
    list_.setModel(nullptr);
}

juce::Component* FeedPanel::refreshComponentForRow(int row, bool, juce::Component* existing) {
    std::unique_ptr<Row> component(static_cast<Row*>(existing));  // whose button may have the focus
    if (row >= getNumRows()) return nullptr;
    if (!component) component = std::make_unique<Row>([this](int pressed) { play(pressed); });
    const auto& loop = feed_.loops[static_cast<std::size_t>(row)];
    component->show(row, loop, loop.id == playing_);
    return component.release();
}

juce::String FeedPanel::getNameForRow(int row) {
    return row < getNumRows() ? feed_.loops[static_cast<std::size_t>(row)].name : juce::String();
}

void FeedPanel::reload() {
    clicked("feed.refresh");
    session().feed().refresh();
    refresh();
}

void FeedPanel::play(int row) {
    if (row >= getNumRows()) return;
    const auto& loop = feed_.loops[static_cast<std::size_t>(row)];
    clicked("playback");
    if (loop.id == playing_) {
        processor().playback().stop();
    } else {
        processor().playback().start(processor().session(), loop, processor().getSampleRate());
    }
    refresh();
}

void FeedPanel::refresh() {
    auto feed = session().feed().status();
    reload_.setEnabled(!feed.isLoading);
    show(state_, describe(feed));
    const auto playback = processor().playback().status();
    const bool isPlaying = playback.isLoading || processor().player().progress() >= 0;
    const auto playing = isPlaying ? playback.loopId : juce::String();
    const bool isNew = feed.version != feed_.version;
    feed_ = std::move(feed);
    if (isNew) {
        showList();
    } else if (playing != playing_) {
        playing_ = playing;
        list_.updateContent();
    }
    playing_ = playing;
}

// The last part of the feed's trace: what the user waited for is there when this is.
void FeedPanel::showList() {
    auto span = session().recorder().span("ui.update", feed_.trace);
    span.set("feed.loops", getNumRows());
    list_.updateContent();
    list_.repaint();
}

juce::String FeedPanel::describe(const Feed::Status& feed) const {
    if (feed.isLoading) return "Loading...";
    if (feed.error) return "The list could not be loaded.";
    if (feed.version == 0) return "Refresh to see what others shared.";
    if (feed.loops.empty()) return "Nobody has shared a loop yet.";
    return juce::String(feed.loops.size()) + (feed.loops.size() == 1 ? " loop" : " loops");
}

void FeedPanel::resized() {
    auto area = content();
    auto top = area.removeFromTop(metrics::control);
    reload_.setBounds(top.removeFromRight(84));
    state_.setBounds(top);
    area.removeFromTop(metrics::gap / 2);
    list_.setBounds(area);
}

}
