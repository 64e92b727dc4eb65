#pragma once

#include <concepts>
#include <string_view>

#include <sidespan/encoding/text_buffer.h>
#include <sidespan/resource.h>
#include <sidespan/span_view.h>

namespace sidespan::inline v0 {

/// How finished spans become the lines that a file sink writes: `appendObject(out, span, resource)` writes
/// one span that stands alone, on one line and without a newline. Text always comes out as valid UTF-8. In
/// steady state nothing allocates but `out`, when it must grow. Calls come from one thread at a time.
///
/// An encoding whose files do not begin with a span has a static member `fileHead`: whole lines, each with
/// its newline.
///
/// Models: ChromeTrace, and every SpanEncoding.
template <class E>
concept LineEncoding = std::default_initializable<E> &&
    requires(E& encoding, TextBuffer& out, SpanView span, const Resource& resource) {
    encoding.appendObject(out, span, resource);
};

/// How finished spans become the bodies that an http sink posts, and lines.
///
/// A body is `open(out, resource)`, any number of `append(out, span)`, `close(out)`; `resource` is whose
/// spans they are and outlives the body. What is written so far is at `out.size()`; an encoding only ever
/// appends, so whoever calls it may truncate back to before the last `append()`, though not to before the
/// first span. One body is under way at a time.
///
/// An encoding whose bodies have several forms can be made from a `Config` too, and the http sink does so.
///
/// `contentType` is a body's media type and `path` what is added to an endpoint to post it to.
///
/// Models: NativeJson, OtlpProtobuf, OtlpJson.
template <class E>
concept SpanEncoding = LineEncoding<E> &&
    requires(E& encoding, TextBuffer& out, SpanView span, const Resource& resource) {
    { E::contentType } -> std::convertible_to<std::string_view>;
    { E::path } -> std::convertible_to<std::string_view>;
    encoding.open(out, resource);
    encoding.append(out, span);
    encoding.close(out);
};

}
