#include "fitting.h"

#include "editor/widgets.h"
#include "juce_version.h"

namespace loopshare::testing {
namespace {

constexpr int buttonMargin = 6;  // on each side of its text

/// Empty when it has no text.
juce::String textOf(const juce::Component& component) {
    if (const auto* label = dynamic_cast<const juce::Label*>(&component)) return label->getText();
    const auto* button = dynamic_cast<const juce::TextButton*>(&component);
    return button != nullptr ? button->getButtonText() : juce::String();
}

bool fits(const juce::Component& component) {
    if (auto* name = dynamic_cast<const Name*>(&component))
        return name->fits() || const_cast<Name*>(name)->getTooltip() == name->getText();
    if (const auto* paragraph = dynamic_cast<const Paragraph*>(&component)) return paragraph->fits();
    if (const auto* label = dynamic_cast<const juce::Label*>(&component)) {
        const auto room = label->getBorderSize().subtractedFrom(label->getLocalBounds());
        return widthOf(label->getText(), label->getFont()) <= static_cast<float>(room.getWidth()) &&
               label->getFont().getHeight() <= static_cast<float>(room.getHeight());
    }
    auto* const button = dynamic_cast<const juce::TextButton*>(&component);
    if (button == nullptr) return true;
    auto& theirs = const_cast<juce::TextButton&>(*button);
    const auto font = theirs.getLookAndFeel().getTextButtonFont(theirs, button->getHeight());
    return widthOf(button->getButtonText(), font) <=
           static_cast<float>(button->getWidth() - 2 * buttonMargin);
}

bool isShown(const juce::Component& component) {
    return component.isVisible() && !component.getBounds().isEmpty();
}

void addUnfit(const juce::Component& parent, juce::StringArray& found) {
    for (const auto* child : parent.getChildren()) {
        const auto text = textOf(*child);
        const bool isText = text.isNotEmpty();
        if (!child->isVisible()) continue;
        if (isText && !fits(*child))
            found.add("\"" + text + "\" has no room in " + child->getBounds().toString());
        if (isText && !parent.getLocalBounds().contains(child->getBounds()))
            found.add("\"" + text + "\" lies outside of what it is in");
        for (const auto* other : parent.getChildren()) {
            if (other == child) break;
            const auto common = other->getBounds().getIntersection(child->getBounds());
            if (isText && isShown(*other) && textOf(*other).isNotEmpty() && !common.isEmpty())
                found.add("\"" + text + "\" lies over \"" + textOf(*other) + "\"");
        }
        addUnfit(*child, found);
    }
}

}

juce::StringArray unfitIn(const juce::Component& component) {
    juce::StringArray found;
    addUnfit(component, found);
    return found;
}

}
