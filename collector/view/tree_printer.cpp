#include "tree_printer.h"

#include <algorithm>

#include <fmt/format.h>
#include <sidespan_database/time_text.h>
#include <boost/json/serialize.hpp>

#include "query/trace_tree.h"

namespace sidespan::collector {

namespace {

/// Lines of deeper spans are not indented further; they state their level.
constexpr std::size_t deepestIndent = 48;

struct Strokes {
    const char* branch;
    const char* last;
    const char* bar;
    const char* error;
    const char* cancelled;
};

constexpr Strokes utf8Strokes{"├─ ", "└─ ", "│  ", "✗", "⊘"};
constexpr Strokes asciiStrokes{"|- ", "`- ", "|  ", "!!", "--"};

class TreePrinter {
public:
    TreePrinter(const std::vector<RecordedSpan>& spans, TextStyle style)
        : spans_(spans),
          tree_(buildTree(spans)),
          style_(style),
          strokes_(style == TextStyle::utf8 ? utf8Strokes : asciiStrokes) {}

    std::string run() {
        line("", fmt::format("Trace ID: {}", safe(spans_[tree_.nodes.front().span].span.traceId)));
        for (const auto& node : tree_.nodes) {
            while (!open_.empty() && open_.back().depth >= node.depth) closeSpan();
            openSpan(node);
        }
        while (!open_.empty()) closeSpan();
        writeSplit();
        return std::move(text_);
    }

private:
    struct OpenSpan {
        std::size_t depth;
        std::string indent;  ///< of the lines below it
        std::size_t childrenLeft;
        std::vector<std::string> details;
    };

    std::string safe(std::string_view text) const { return terminalText(text, style_); }
    void line(std::string_view indent, std::string_view content) {
        text_ += fmt::format("{}{}\n", indent, content);
    }

    void openSpan(const TreeNode& node) {
        const auto& span = spans_[node.span].span;
        std::string indent = open_.empty() ? "" : open_.back().indent;
        bool isLast = false;
        if (!open_.empty()) {
            isLast = --open_.back().childrenLeft == 0 && open_.back().details.empty();
        }
        line(indent, (isLast ? strokes_.last : strokes_.branch) + title(node, span));
        if (node.depth < deepestIndent) indent += isLast ? "   " : strokes_.bar;
        open_.push_back({node.depth, std::move(indent), node.childCount, details(node, span)});
    }

    void closeSpan() {
        const auto& closing = open_.back();
        for (std::size_t i = 0; i < closing.details.size(); ++i) {
            bool isLast = i + 1 == closing.details.size();
            line(closing.indent, (isLast ? strokes_.last : strokes_.branch) + closing.details[i]);
        }
        open_.pop_back();
    }

    std::string title(const TreeNode& node, const Span& span) const {
        std::string text = safe(span.name);
        if (node.parent == TreeNode::none)
            text += span.parentSpanId.empty() ? " (root)" : " (parent missing)";
        if (node.depth > deepestIndent) text += fmt::format(" (level {})", node.depth);
        if (node.tier == Tier::server) text += " (server)";
        text += fmt::format(" [{}]", durationText(node.end - node.start, style_));
        if (span.status == "ok") return text;
        text += fmt::format(" {} {}", span.status == "error" ? strokes_.error : strokes_.cancelled,
                            safe(span.status));
        if (!span.statusMessage.empty()) text += ": " + safe(span.statusMessage);
        return text;
    }

    std::vector<std::string> details(const TreeNode& node, const Span& span) const {
        std::vector<std::string> lines;
        if (beginsService(node)) {
            lines.push_back(fmt::format("Service: {}{}{}", safe(span.serviceName),
                                        span.clientVersion.empty() ? "" : " ", safe(span.clientVersion)));
        }
        if (beginsResource(node)) lines.push_back("Resource: " + resourceText(*spans_[node.span].resource));
        if (const auto& clock = spans_[node.span].clock; clock && node.parent == TreeNode::none)
            lines.push_back("Started: " + serverTimeText(span, *clock));
        if (!span.events.empty()) lines.push_back("Events: " + eventsText(span));
        if (!span.links.empty()) lines.push_back("Links: " + linksText(span));
        if (span.droppedAttributes > 0 || span.droppedEvents > 0 || span.droppedLinks > 0) {
            lines.push_back(fmt::format("Dropped: {} attributes, {} events, {} links", span.droppedAttributes,
                                        span.droppedEvents, span.droppedLinks));
        }
        if (!span.attributes.empty()) lines.push_back("Attributes: " + attributesText(span.attributes));
        return lines;
    }

    /// Whether the span has a service name, and its parent another one or none.
    bool beginsService(const TreeNode& node) const {
        const auto& own = spans_[node.span].span.serviceName;
        if (own.empty() || node.parent == TreeNode::none) return !own.empty();
        return spans_[tree_.nodes[node.parent].span].span.serviceName != own;
    }

    /// Whether the span has a resource, and its parent another one or none.
    bool beginsResource(const TreeNode& node) const {
        const auto& own = spans_[node.span].resource;
        if (!own || node.parent == TreeNode::none) return own != nullptr;
        return spans_[tree_.nodes[node.parent].span].resource != own;
    }

    std::string resourceText(const boost::json::object& resource) const {
        std::string text;
        for (const auto& [key, value] : resource) {
            const auto shown =
                value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
            text += fmt::format("{}{}={}", text.empty() ? "" : ", ", safe(key), safe(shown));
        }
        return text;
    }

    /// When the span began by the server's clock, and the largest error of that time.
    std::string serverTimeText(const Span& span, const ClockShift& clock) const {
        constexpr std::uint64_t latest = 4'000'000'000'000'000'000;  // in the year 2096
        const auto start = std::max<std::int64_t>(
            static_cast<std::int64_t>(std::min(span.startTimeUnixNano, latest)) + clock.shiftNano, 0);
        return fmt::format("{} by the server's clock ({} {})", database::timeText(start / 1'000'000),
                           style_ == TextStyle::utf8 ? "±" : "+-", durationText(clock.errorNano, style_));
    }

    std::string attributesText(const Attributes& attributes) const {
        std::string text;
        for (const auto& [key, value] : attributes) {
            text += fmt::format("{}{}={}", text.empty() ? "" : ", ", safe(key), safe(toString(value)));
        }
        return text;
    }

    std::string eventsText(const Span& span) const {
        std::string text;
        for (const auto& event : span.events) {
            auto after = static_cast<std::int64_t>(event.timeUnixNano - span.startTimeUnixNano);
            text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", safe(event.name), after < 0 ? "" : "+",
                                durationText(after, style_));
            if (!event.attributes.empty()) text += fmt::format(" ({})", attributesText(event.attributes));
        }
        return text;
    }

    std::string linksText(const Span& span) const {
        std::string text;
        for (const auto& link : span.links) {
            text +=
                fmt::format("{}{} of {}", text.empty() ? "" : ", ", safe(link.spanId), safe(link.traceId));
            if (!link.attributes.empty()) text += fmt::format(" ({})", attributesText(link.attributes));
        }
        return text;
    }

    void writeSplit() {
        auto recorded = [&](Tier tier) {
            return std::any_of(tree_.nodes.begin(), tree_.nodes.end(),
                               [&](auto& node) { return node.tier == tier; });
        };
        auto amount = [&](Tier tier, std::int64_t nanos) {
            return recorded(tier) ? durationText(nanos, style_) : std::string("none recorded");
        };
        line(strokes_.branch, fmt::format("Plugin time: {}", amount(Tier::plugin, tree_.split.plugin)));
        line(strokes_.branch, fmt::format("Network latency: {}", amount(Tier::network, tree_.split.network)));
        line(strokes_.last, fmt::format("Server processing: {}{}", amount(Tier::server, tree_.split.server),
                                        recorded(Tier::server) ? " (from server-side spans)" : ""));
    }

    const std::vector<RecordedSpan>& spans_;
    TraceTree tree_;
    TextStyle style_;
    Strokes strokes_;
    std::vector<OpenSpan> open_;
    std::string text_;
};

}

std::string printTree(const std::vector<RecordedSpan>& spans, TextStyle style) {
    return TreePrinter(spans, style).run();
}

}
