#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/encoding/text_buffer.h>
#include <sidespan/resource.h>
#include <sidespan/span_view.h>

#include "trace.pb.h"

using OtlpRequest = sidespan_test::ExportTraceServiceRequest;

/// Reads what the encodings wrote, strictly: a field that the description lacks, or one of another type,
/// fails the test.
[[nodiscard]] OtlpRequest readProtobuf(std::string_view body);
[[nodiscard]] OtlpRequest readJson(std::string_view text);

/// The span of a request that holds one.
[[nodiscard]] const sidespan_test::Span& onlySpan(const OtlpRequest& request);

/// As text, so that the failure of a comparison can be read.
[[nodiscard]] std::string print(const OtlpRequest& request);

/// A body of these records.
template <class Encoding>
[[nodiscard]] std::string bodyOf(Encoding& encoding, const std::vector<std::vector<std::byte>>& records,
                                 const sidespan::Resource& resource) {
    sidespan::TextBuffer out;
    encoding.open(out, resource);
    for (const auto& record : records) encoding.append(out, sidespan::SpanView(record.data()));
    encoding.close(out);
    return std::string(out.view());
}
