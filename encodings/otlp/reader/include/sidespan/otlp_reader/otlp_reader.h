#pragma once

#include <functional>
#include <string_view>

#include <sidespan/otlp_reader/span_text.h>
#include <sidespan/version.h>
#include <boost/json/object.hpp>

namespace sidespan::inline v0 {

/// Takes one span of a request, as a native JSON object for `Span::fromJson`, which validates it: an id of
/// the wrong length is passed on unchanged.
using TakeNativeSpan = std::function<void(boost::json::object)>;

/// Takes the attributes of a resource. Called before the resource's spans.
using TakeResource = std::function<void(const boost::json::object& attributes)>;

/// Reads an `ExportTraceServiceRequest` in protobuf. Unknown fields are ignored. Spans are passed on while
/// the body is read, so if this throws, some may have been passed on.
///
/// The resource gives its spans `serviceName` (cut to 255 characters), `clientVersion` (`service.version`,
/// cut to 32) and `clientType`: the one that Sidespan wrote, else `server`. An array of texts, of integers,
/// of floating-point numbers or of bools stays an array. Other arrays and maps become JSON text, and bytes
/// become base64. An attribute without a value is left out. If a key occurs several times, the last value
/// counts. In addition to the members of native JSON, a span gets `flags` and `scope` (`name`, `version`,
/// `attributes`) if the request has them, `statusCode` 1 if its status is OK, and a link gets `traceState`. A
/// parent id that is all zero means that there is no parent. A link with such an id counts as dropped. A span
/// or event without a name is called "(no name)".
///
/// If there is a `takeText`, it gets the ordinary spans, which need no further checks and are not made into
/// JSON objects. `take` gets the others: those that break a rule or hold anything unusual, such as an array.
///
/// [any thread] Allocates. Throws std::invalid_argument, which says what is wrong and at which byte, and what
/// the functions passed to it throw.
void readOtlpProtobuf(std::string_view body, const TakeNativeSpan& take, const TakeSpanText& takeText = {},
                      const TakeResource& takeResource = {});

/// The same in OTLP's JSON. Ids are hex of either case; 64-bit integers are strings or whole numbers;
/// enumerations are numbers or names. An error names the member instead of the byte, unless the text is not
/// JSON. Holds the whole body as values: at worst some ten times its size.
void readOtlpJson(std::string_view text, const TakeNativeSpan& take, const TakeResource& takeResource = {});

}
