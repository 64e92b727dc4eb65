#include "otlp_document.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <sidespan/json/parse_json.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace {

namespace bj = boost::json;
namespace pb = google::protobuf;

bool hasUnknownFields(const pb::Message& message) {
    const auto* const reflection = message.GetReflection();
    if (!reflection->GetUnknownFields(message).empty()) return true;
    std::vector<const pb::FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const auto* field : fields) {
        if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
        const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
        for (int i = 0; i < count; ++i) {
            const auto& part = field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                    : reflection->GetMessage(message, field);
            if (hasUnknownFields(part)) return true;
        }
    }
    return false;
}

// OTLP writes ids as hex, where protobuf's own JSON has base64.
std::string toBase64(std::string_view hex) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bits;
    for (const char c : hex) {
        const auto nibble = std::string_view("0123456789abcdef").find(c);
        EXPECT_NE(nibble, std::string_view::npos) << "an id is not lower-case hex: " << hex;
        for (unsigned bit = 4; bit-- > 0;) bits += (nibble >> bit & 1U) != 0 ? '1' : '0';
    }
    while (bits.size() % 6 != 0) bits += '0';
    std::string text;
    for (std::size_t i = 0; i < bits.size(); i += 6)
        text += digits[std::stoul(bits.substr(i, 6), nullptr, 2)];
    while (text.size() % 4 != 0) text += '=';
    return text;
}

void rewriteIds(bj::value& value) {
    if (value.is_array()) {
        for (auto& item : value.get_array()) rewriteIds(item);
    } else if (value.is_object()) {
        for (auto& [key, member] : value.get_object()) {
            if (key == "traceId" || key == "spanId" || key == "parentSpanId") {
                member = toBase64(member.as_string());
            } else {
                rewriteIds(member);
            }
        }
    }
}

}

OtlpRequest readProtobuf(std::string_view body) {
    OtlpRequest request;
    EXPECT_TRUE(request.ParseFromArray(body.data(), static_cast<int>(body.size())));
    EXPECT_FALSE(hasUnknownFields(request));
    return request;
}

OtlpRequest readJson(std::string_view text) {
    auto document = sidespan::parseJson(text);
    rewriteIds(document);
    OtlpRequest request;
    const auto status = pb::util::JsonStringToMessage(bj::serialize(document), &request);
    EXPECT_TRUE(status.ok()) << status.ToString() << '\n' << text;
    return request;
}

const sidespan_test::Span& onlySpan(const OtlpRequest& request) {
    EXPECT_EQ(request.resource_spans_size(), 1);
    EXPECT_EQ(request.resource_spans(0).scope_spans_size(), 1);
    EXPECT_EQ(request.resource_spans(0).scope_spans(0).spans_size(), 1);
    return request.resource_spans(0).scope_spans(0).spans(0);
}

std::string print(const OtlpRequest& request) {
    std::string text;
    pb::TextFormat::PrintToString(request, &text);
    return text;
}
