#pragma once

#include <functional>

#include "../processor.h"
#include "widgets.h"

namespace loopshare {

/// What the panels of the window share: the instance they show, and whom to tell of clicks.
struct PanelContext {
    LoopShareProcessor& processor;
    std::function<void(const char* action)> clicked;
};

/// A part of the window that shows something which changes by itself. The window asks it to look again some
/// times a second.
class Panel : public Card {
public:
    Panel(const juce::String& title, PanelContext context) : Card(title), context_(std::move(context)) {}

    virtual void refresh() = 0;

protected:
    [[nodiscard]] LoopShareProcessor& processor() const noexcept { return context_.processor; }
    [[nodiscard]] Session& session() const { return *context_.processor.session(); }
    void clicked(const char* action) const { context_.clicked(action); }

private:
    PanelContext context_;
};

}
