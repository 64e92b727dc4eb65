// Reads the body of a request with the messages that opentelemetry-cpp has.
//
//   opentelemetry_cpp_reader < body
//
// Prints it as protobuf's JSON on one line, and on the next, in hex, an answer that rejects one span. Fails
// when there is a field that the messages do not have.

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

#include <google/protobuf/util/json_util.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb.h>

namespace traces = opentelemetry::proto::collector::trace::v1;

int main() {
    const std::string body{std::istreambuf_iterator<char>(std::cin), {}};
    traces::ExportTraceServiceRequest request;
    if (!request.ParseFromString(body)) return 1;
    const auto size = request.ByteSizeLong();
    request.DiscardUnknownFields();
    if (request.ByteSizeLong() != size) return 2;
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(request, &json).ok()) return 3;
    std::cout << json << '\n';

    traces::ExportTraceServiceResponse answer;
    answer.mutable_partial_success()->set_rejected_spans(1);
    answer.mutable_partial_success()->set_error_message("one is too many");
    for (const unsigned char byte : answer.SerializeAsString())
        std::cout << "0123456789abcdef"[byte >> 4U] << "0123456789abcdef"[byte & 15U];
    std::cout << '\n';
}
