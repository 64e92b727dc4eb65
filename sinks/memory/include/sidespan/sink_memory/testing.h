#pragma once

#include <chrono>
#include <functional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sidespan/detail/compiler.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/span.h>

/// For tests of a plugin's own instrumentation: record into a MemorySink, then check what was recorded.
///
///     using namespace sidespan::testing;
///     auto spans = recorded(recorder);
///     EXPECT_EQ(tree(spans), "audio.upload\n  audio.read\n  audio.encode\n");
///     EXPECT_THAT(spans, Contains(AllOf(hasName("audio.encode"), hasAttribute("codec", "flac"))));
///
/// The matchers work with GoogleMock, and with other frameworks as predicates: `hasName("x")(span)`.
namespace sidespan::testing {

/// Waits for everything recorded so far and returns it. For recorders with a MemorySink, alone or in a
/// TeeSink. Throws std::runtime_error if not all of it has arrived within ten seconds.
template <class Recorder>
[[nodiscard]] std::vector<Span> recorded(Recorder& recorder) {
    if (!recorder.flush(std::chrono::seconds(10)))
        throw std::runtime_error("not everything that was recorded arrived within ten seconds");
    if constexpr (requires { recorder.sink().spans(); }) {
        return recorder.sink().spans();
    } else {
        return recorder.sink().template sink<MemorySink>().spans();
    }
}

/// The spans as text, one on each line. Children follow their parent in the order in which they began,
/// indented by two more spaces. Status and message follow the name unless the status is ok: "network.post
/// [error: refused]". A span whose parent is not among the spans is not indented.
[[nodiscard]] std::string tree(const std::vector<Span>& spans);

/// A condition on a span, with its description.
class SpanMatcher {
public:
    using is_gtest_matcher = void;

    SpanMatcher(std::string description, std::function<bool(const Span&)> holds)
        : description_(std::move(description)), holds_(std::move(holds)) {}

    bool operator()(const Span& span) const { return holds_(span); }

    bool MatchAndExplain(const Span& span, std::ostream* out) const {
        if (out != nullptr) *out << "span " << span.name;
        return holds_(span);
    }
    void DescribeTo(std::ostream* out) const { *out << description_; }
    void DescribeNegationTo(std::ostream* out) const { *out << "not: " << description_; }

private:
    std::string description_;
    std::function<bool(const Span&)> holds_;
};

[[nodiscard]] SpanMatcher hasName(std::string name);
/// Whether the attribute is there, whatever its value.
[[nodiscard]] SpanMatcher hasAttribute(std::string key);
/// Whether the attribute is there with this value and type: 128 is not "128".
[[nodiscard]] SpanMatcher hasAttribute(std::string key, AttributeValue value);
[[nodiscard]] SpanMatcher hasEvent(std::string name);
[[nodiscard]] SpanMatcher hasStatus(std::string status);
[[nodiscard]] SpanMatcher hasStatus(std::string status, std::string message);
[[nodiscard]] SpanMatcher isRoot();
[[nodiscard]] SpanMatcher isChildOf(const Span& parent);

/// The one span that matches. Throws std::logic_error, which contains the tree of all spans, if none or
/// several match.
[[nodiscard]] SIDESPAN_NO_DANGLING const Span& only(const std::vector<Span>& spans,
                                                    const SpanMatcher& matcher);

}

namespace sidespan::inline v0 {

/// How GoogleTest prints a span.
void PrintTo(const Span& span, std::ostream* out);

}
