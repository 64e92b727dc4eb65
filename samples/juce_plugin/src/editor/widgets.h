#pragma once

#include <string_view>

#include <juce_gui_basics/juce_gui_basics.h>

namespace loopshare {

/// A titled area of the window; a group to screen readers.
class Card : public juce::Component {
public:
    explicit Card(const juce::String& title);

    void paint(juce::Graphics& g) override;
    std::unique_ptr<juce::AccessibilityHandler> createAccessibilityHandler() override;

protected:
    /// Where what is in it goes.
    [[nodiscard]] juce::Rectangle<int> content() const;
    /// What is left for that of a card's width, and what the card itself takes of its height.
    [[nodiscard]] static int contentWidth(int width);
    [[nodiscard]] static int frameHeight();
};

/// A line of the window's text. One that is too long ends in an ellipsis, and its tooltip has all of it.
class Text : public juce::Label {
public:
    explicit Text(const juce::String& text = {}, bool isDim = false);

    [[nodiscard]] bool fits() const;
    void paint(juce::Graphics& g) override;
    juce::String getTooltip() override { return fits() ? juce::String() : getText(); }
};

/// A line with a name in it that a user chose, for which there may be no room.
class Name final : public Text {
public:
    using Text::Text;
};

/// Text of several lines, broken between words, each as long as there is room for. It ends in an ellipsis
/// likewise.
class Paragraph final : public juce::Label {
public:
    explicit Paragraph(float fontHeight);

    /// The height that all of it takes.
    [[nodiscard]] int wantedHeight(int width) const;
    [[nodiscard]] bool fits() const { return wantedHeight(getWidth()) <= getHeight(); }
    void paint(juce::Graphics& g) override;
    juce::String getTooltip() override { return fits() ? juce::String() : getText(); }

private:
    [[nodiscard]] juce::TextLayout layOut(const juce::String& text, int width) const;
    [[nodiscard]] juce::String whatFits() const;
};

/// A button of the window. `title` is what a screen reader says, where its text alone would not do.
class PushButton final : public juce::TextButton {
public:
    explicit PushButton(const juce::String& label, std::function<void()> action,
                        const juce::String& title = {});
};

/// UTF-8 as JUCE holds it.
[[nodiscard]] inline juce::String toText(std::string_view utf8) {
    return juce::String::fromUTF8(utf8.data(), static_cast<int>(utf8.size()));
}

/// Has a screen reader say what the user waited for.
void announce(const juce::String& text);

/// Sets a text only where it is another one, so that nothing is painted for nothing.
void show(juce::Label& label, const juce::String& text);
void show(juce::Button& button, const juce::String& text);

}
