#include "ingest/batch_handler.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <sidespan/client_type.h>
#include <sidespan/json/parse_double.h>
#include <boost/json/value.hpp>

namespace sidespan::collector {

namespace {

constexpr std::size_t keyBytes = 32;  // those looked for outside spans are shorter
constexpr std::size_t versionBytes = 32;
constexpr std::uint8_t hasOwnType = 1;
constexpr std::uint8_t hasOwnVersion = 2;
constexpr std::uint8_t hasOwnService = 4;
constexpr std::size_t serviceBytes = 255;

}

ParsedBatch BatchHandler::finish() {
    if (!sawSpans_) {
        throw BatchError(BatchError::Kind::malformed,
                         "the body must be an array of spans, or an object whose \"spans\" is one");
    }
    auto& rows = builder_.batch().rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].resource = resourceText_;
        if (!clientType_.empty() && (ownClient_[i] & hasOwnType) == 0) rows[i].clientType = clientType_;
        if (!clientVersion_.empty() && (ownClient_[i] & hasOwnVersion) == 0) {
            rows[i].clientVersion = clientVersion_;
        }
        if (!serviceName_.empty() && (ownClient_[i] & hasOwnService) == 0) {
            rows[i].serviceName = serviceName_;
        }
    }
    return std::move(builder_.batch());
}

void BatchHandler::beginSpan() {
    builder_.begin();
    beginValue();
}

void BatchHandler::beginValue() {
    values_ = 0;
    refusal_.clear();
    stack_.reset(&*resource_);
}

// Replaced instead of released: after release(), the next block would be twice as large as the last.
void BatchHandler::forgetValue() {
    resource_.emplace(memory_.data(), memory_.size());
}

// A resource that breaks a limit does not affect its spans: they are stored without it.
void BatchHandler::endResource() {
    inResource_ = false;
    if (refusal_.empty()) {
        const auto json = stack_.release();
        resourceText_ = builder_.resourceText(json.get_object());
    } else {
        stack_.reset(&*resource_);
    }
    refusal_.clear();
    forgetValue();
}

void BatchHandler::endSpan() {
    if (refusal_.empty()) {
        takeSpan(stack_.release());
    } else {
        stack_.reset(&*resource_);
        builder_.reject(std::move(refusal_));
    }
    refusal_.clear();
    forgetValue();
}

void BatchHandler::takeSpan(const boost::json::value& json) {
    if (!builder_.take(json)) return;
    const auto& object = json.get_object();
    std::uint8_t own = 0;
    if (object.contains("clientType")) own |= hasOwnType;
    if (object.contains("clientVersion")) own |= hasOwnVersion;
    if (object.contains("serviceName")) own |= hasOwnService;
    ownClient_.push_back(own);
}

void BatchHandler::refuse(std::string reason) {
    stack_.reset(&*resource_);
    refusal_ = std::move(reason);
}

bool BatchHandler::wantsValue() {
    if (!refusal_.empty()) return false;
    if (++values_ > limits_.valuesPerSpan) {
        refuse(builder_.tooManyValues());
        return false;
    }
    return true;
}

bool BatchHandler::checkText(std::size_t size) {
    if (!refusal_.empty()) return false;
    if (size > limits_.textBytes) {
        refuse(fmt::format("a string of more than {} bytes", limits_.textBytes));
        return false;
    }
    return true;
}

template <class Push>
bool BatchHandler::scalar(Push push) {
    if (insideValue()) {
        if (wantsValue()) push();
    } else if (atSpan()) {
        beginSpan();
        push();
        endSpan();
    }
    return true;
}

bool BatchHandler::on_object_begin(ErrorCode&) {
    if (atSpan()) beginSpan();
    if (depth_ == 1 && spanDepth_ == 0 && key_ == "resource") {
        inResource_ = true;
        beginValue();
    }
    ++depth_;
    if (insideValue()) wantsValue();
    return true;
}

bool BatchHandler::on_array_begin(ErrorCode&) {
    if (atSpan()) beginSpan();
    ++depth_;
    bool isDocument = depth_ == 1;
    bool isMember = depth_ == 2 && spanDepth_ == 0 && !inResource_ && key_ == "spans";
    if (isDocument || isMember) {  // of several members "spans", each counts
        spanDepth_ = depth_;
        sawSpans_ = true;
    } else if (insideValue()) {
        wantsValue();
    }
    return true;
}

void BatchHandler::endContainer() {
    --depth_;
    if (atSpan()) endSpan();
    if (inResource_ && depth_ == 1) endResource();
}

bool BatchHandler::on_object_end(std::size_t size, ErrorCode&) {
    if (insideValue() && refusal_.empty()) stack_.push_object(size);
    endContainer();
    return true;
}

bool BatchHandler::on_array_end(std::size_t size, ErrorCode&) {
    if (atSpan()) {
        spanDepth_ = 0;
        --depth_;
        return true;
    }
    if (insideValue() && refusal_.empty()) stack_.push_array(size);
    endContainer();
    return true;
}

bool BatchHandler::on_key_part(Text part, std::size_t size, ErrorCode&) {
    if (insideValue()) {
        if (checkText(size)) stack_.push_chars(part);
    } else if (size <= keyBytes) {
        if (size == part.size()) key_.clear();
        key_.append(part.data(), part.size());
    }
    return true;
}

bool BatchHandler::on_key(Text part, std::size_t size, ErrorCode&) {
    if (insideValue()) {
        if (checkText(size)) stack_.push_key(part);
    } else if (size > keyBytes) {
        key_.clear();
    } else {
        if (size == part.size()) key_.clear();
        key_.append(part.data(), part.size());
    }
    return true;
}

bool BatchHandler::on_string_part(Text part, std::size_t size, ErrorCode&) {
    if (insideValue() && checkText(size)) stack_.push_chars(part);
    return true;
}

bool BatchHandler::on_string(Text part, std::size_t size, ErrorCode&) {
    if (insideValue()) {
        if (checkText(size) && wantsValue()) stack_.push_string(part);
    } else if (atSpan()) {
        beginSpan();
        refuse("a span is a JSON object; this is a string");
        endSpan();
    } else if (depth_ == 1 && size == part.size()) {
        std::string_view text(part.data(), part.size());
        if (key_ == "clientType" && parseClientType(text)) clientType_ = text;
        if (key_ == "clientVersion" && text.size() <= versionBytes) clientVersion_ = text;
        if (key_ == "serviceName" && text.size() <= serviceBytes) serviceName_ = text;
    }
    return true;
}

bool BatchHandler::on_int64(std::int64_t number, Text, ErrorCode&) {
    return scalar([&] { stack_.push_int64(number); });
}

bool BatchHandler::on_uint64(std::uint64_t number, Text, ErrorCode&) {
    return scalar([&] { stack_.push_uint64(number); });
}

bool BatchHandler::on_double(double rough, Text text, ErrorCode&) {
    // Boost.JSON 1.81 rounds many doubles to a neighbour; what is out of range stays as it says.
    const double exact = parseDouble({text.data(), text.size()}).value_or(rough);
    if (insideValue() && !std::isfinite(exact)) {
        if (refusal_.empty()) refuse("a number that is too large for a double");
        return true;
    }
    return scalar([&] { stack_.push_double(exact); });
}

bool BatchHandler::on_bool(bool value, ErrorCode&) {
    return scalar([&] { stack_.push_bool(value); });
}

bool BatchHandler::on_null(ErrorCode&) {
    return scalar([&] { stack_.push_null(); });
}

}
