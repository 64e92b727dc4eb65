#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sidespan::collector {

/// Text in Prometheus' exposition format 0.0.4: families, each with its samples behind it.
class MetricText {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    /// `type` is counter, gauge or histogram.
    void family(std::string_view name, std::string_view type, std::string_view help);
    /// Of the family before it; `suffix` is added to its name.
    void sample(Labels labels, double value, std::string_view suffix = {});

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    static constexpr std::string_view contentType = "text/plain; version=0.0.4; charset=utf-8";

private:
    std::string name_;
    std::string text_;
};

}
