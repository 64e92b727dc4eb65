#pragma once

#include <concepts>
#include <string_view>

#include <sidespan/encoding/text_buffer.h>
#include <sidespan/resource.h>
#include <sidespan/span_view.h>

namespace sidespan::inline v0 {

/// An encoding that writes finished spans as the lines of a file. `appendObject(out, span, resource)` writes
/// one complete span, on one line and without a newline. Text is always written as valid UTF-8. In steady
/// state only `out` allocates, when it must grow. Calls come from one thread at a time.
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

/// An encoding that writes finished spans as the bodies that an http sink posts, and as lines.
///
/// A body is `open(out, resource)`, any number of `append(out, span)`, and `close(out)`. `resource` applies
/// to all its spans and must outlive the body. Bodies of equal resources begin and end alike; what separates
/// spans is written by the second and later `append()`. An encoding only appends to `out`, so its caller may
/// truncate `out` to its size before the last `append()`, but not before the first span. One body is written
/// at a time.
///
/// An encoding whose bodies have several forms can also be constructed from a `Config`; the http sink does
/// that.
///
/// `contentType` is the media type of a body; `path` is added to an endpoint to post to it.
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
