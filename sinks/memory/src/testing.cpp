#include <algorithm>
#include <ranges>
#include <stdexcept>

#include <sidespan/sink_memory/testing.h>

namespace sidespan::testing {
namespace {

using SpanPointers = std::vector<const Span*>;

void sortByStart(SpanPointers& spans) {
    std::ranges::stable_sort(spans, {}, [](const Span* span) { return span->startTimeUnixNano; });
}

bool isAmong(const std::vector<Span>& spans, std::string_view spanId) {
    return std::ranges::any_of(spans, [&](const Span& span) { return span.spanId == spanId; });
}

// So that 128 and "128" can be told apart.
std::string literal(const AttributeValue& value) {
    return value.isString() ? "\"" + *value.asString() + "\"" : toString(value);
}

void writeLine(std::string& out, const Span& span, std::size_t depth) {
    out.append(2 * depth, ' ').append(span.name);
    if (span.status != "ok") {
        out.append(" [").append(span.status);
        if (!span.statusMessage.empty()) out.append(": ").append(span.statusMessage);
        out.append("]");
    }
    out.append("\n");
}

void writeBranch(std::string& out, const std::vector<Span>& spans, const SpanPointers& siblings,
                 std::size_t depth) {
    for (const Span* span : siblings) {
        writeLine(out, *span, depth);
        SpanPointers children;
        for (const auto& other : spans) {
            const bool isChild = other.parentSpanId == span->spanId && other.spanId != span->spanId;
            if (isChild) children.push_back(&other);
        }
        sortByStart(children);
        writeBranch(out, spans, children, depth + 1);
    }
}

}

std::string tree(const std::vector<Span>& spans) {
    SpanPointers tops;
    for (const auto& span : spans) {
        if (span.parentSpanId.empty() || !isAmong(spans, span.parentSpanId)) tops.push_back(&span);
    }
    sortByStart(tops);
    std::string out;
    writeBranch(out, spans, tops, 0);
    return out;
}

SpanMatcher hasName(std::string name) {
    auto description = "has the name \"" + name + "\"";
    return {std::move(description), [name = std::move(name)](const Span& span) { return span.name == name; }};
}

SpanMatcher hasAttribute(std::string key) {
    auto description = "has an attribute \"" + key + "\"";
    return {std::move(description),
            [key = std::move(key)](const Span& span) { return span.attributes.contains(key); }};
}

SpanMatcher hasAttribute(std::string key, AttributeValue value) {
    auto description = "has the attribute \"" + key + "\" = " + literal(value);
    return {std::move(description), [key = std::move(key), value = std::move(value)](const Span& span) {
                const auto found = span.attributes.find(key);
                return found != span.attributes.end() && found->second == value;
            }};
}

SpanMatcher hasEvent(std::string name) {
    auto description = "has an event \"" + name + "\"";
    return {std::move(description), [name = std::move(name)](const Span& span) {
                return std::ranges::any_of(span.events,
                                           [&](const SpanEvent& event) { return event.name == name; });
            }};
}

SpanMatcher hasStatus(std::string status) {
    auto description = "has the status \"" + status + "\"";
    return {std::move(description),
            [status = std::move(status)](const Span& span) { return span.status == status; }};
}

SpanMatcher hasStatus(std::string status, std::string message) {
    auto description = "has the status \"" + status + "\" with the message \"" + message + "\"";
    return {std::move(description),
            [status = std::move(status), message = std::move(message)](const Span& span) {
                return span.status == status && span.statusMessage == message;
            }};
}

SpanMatcher isRoot() {
    return {"is a root", [](const Span& span) { return span.parentSpanId.empty(); }};
}

SpanMatcher isChildOf(const Span& parent) {
    return {"is a child of " + parent.name,
            [traceId = parent.traceId, spanId = parent.spanId](const Span& span) {
                return span.traceId == traceId && span.parentSpanId == spanId;
            }};
}

const Span& only(const std::vector<Span>& spans, const SpanMatcher& matcher) {
    const Span* found = nullptr;
    std::size_t count = 0;
    for (const auto& span : spans) {
        if (!matcher(span)) continue;
        found = &span;
        ++count;
    }
    if (count == 1) return *found;
    throw std::logic_error(std::to_string(count) + " spans match instead of one; there are:\n" + tree(spans));
}

}

namespace sidespan::inline v0 {

void PrintTo(const Span& span, std::ostream* out) {
    *out << span.name << " (" << span.spanId << ", parent "
         << (span.parentSpanId.empty() ? "none" : span.parentSpanId) << ", " << span.status;
    for (const auto& [key, value] : span.attributes) {
        const char* const quote = value.isString() ? "\"" : "";
        *out << ", " << key << "=" << quote << toString(value) << quote;
    }
    *out << ")";
}

}
