#include <gtest/gtest.h>
#include <sidespan/client_type.h>
#include <sidespan/consent.h>
#include <sidespan/error.h>
#include <sidespan/literal.h>
#include <sidespan/outcome.h>
#include <sidespan/span_kind.h>
#include <sidespan/span_status.h>
#include <sidespan/stats.h>
#include <sidespan/version.h>

#include <set>
#include <string>
#include <variant>

namespace {

using namespace sidespan;

TEST(SpanStatus, HasNamesThatAreRead) {
    EXPECT_EQ(toString(SpanStatus::unset), "ok");
    EXPECT_EQ(toString(SpanStatus::ok), "ok");
    EXPECT_EQ(toString(SpanStatus::error), "error");
    EXPECT_EQ(toString(SpanStatus::cancelled), "cancelled");
    for (auto status : {SpanStatus::ok, SpanStatus::error, SpanStatus::cancelled})
        EXPECT_EQ(parseSpanStatus(toString(status)), status);
    for (auto text : {"", "OK", "failed", "ok "}) EXPECT_FALSE(parseSpanStatus(text)) << text;
}

TEST(SpanKind, HasTheNumbersAndNamesOfOtlp) {
    const char* names[] = {"unspecified", "internal", "server", "client", "producer", "consumer"};
    for (unsigned i = 0; i < 6; ++i) {
        const auto kind = static_cast<SpanKind>(i);
        EXPECT_EQ(toString(kind), names[i]);
        EXPECT_EQ(parseSpanKind(names[i]), kind);
    }
    EXPECT_FALSE(parseSpanKind("Internal"));
}

TEST(ClientType, HasNamesThatAreRead) {
    for (auto type : {ClientType::plugin, ClientType::web, ClientType::cli, ClientType::server})
        EXPECT_EQ(parseClientType(toString(type)), type);
    EXPECT_EQ(toString(ClientType::plugin), "plugin");
    EXPECT_FALSE(parseClientType("desktop"));
}

TEST(ConsentState, HasNames) {
    EXPECT_EQ(toString(Consent::unknown), "unknown");
    EXPECT_EQ(toString(Consent::granted), "granted");
    EXPECT_EQ(toString(Consent::denied), "denied");
}

TEST(DropReason, HasANameForEach) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < dropReasonCount; ++i) names.insert(toString(static_cast<DropReason>(i)));
    EXPECT_EQ(names.size(), dropReasonCount);
    EXPECT_FALSE(names.contains("unknown"));
    EXPECT_EQ(toString(static_cast<DropReason>(dropReasonCount)), "unknown") << "a reason without a count";
}

TEST(ErrorCode, HasANameForEach) {
    std::set<std::string_view> names;
    for (auto code = ErrorCode::invalidConfig; code <= ErrorCode::badAnswer;
         code = static_cast<ErrorCode>(static_cast<int>(code) + 1)) {
        names.insert(toString(code));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::badAnswer) + 1);
    EXPECT_FALSE(names.contains("unknown"));
}

TEST(Error, IsAppendedToAText) {
    EXPECT_EQ("Upload failed: " + Error({ErrorCode::network, "no route"}), "Upload failed: no route");
}

TEST(Outcome, HasTheNamesOfStdExpected) {
    Outcome<std::string> good = std::string("42");
    EXPECT_TRUE(good.has_value());
    EXPECT_EQ(*good, "42");
    EXPECT_EQ(good->size(), 2U);
    good->push_back('0');
    EXPECT_EQ(good.value_or("none"), "420");
    EXPECT_EQ(*std::move(good), "420");
    const Outcome<std::string> bad = Error{ErrorCode::timeout, "no answer"};
    EXPECT_FALSE(bad.has_value());
    EXPECT_EQ(bad.value_or("none"), "none");
    EXPECT_THROW(static_cast<void>(*bad), std::bad_variant_access);
}

TEST(Outcome, HoldsAValueOrAnError) {
    const Outcome<std::string> good = std::string("42");
    EXPECT_TRUE(good.isSuccess());
    EXPECT_TRUE(static_cast<bool>(good));
    EXPECT_EQ(good.value(), "42");
    EXPECT_THROW(static_cast<void>(good.error()), std::bad_variant_access);

    Outcome<std::string> bad = Error{ErrorCode::timeout, "no answer"};
    EXPECT_FALSE(bad);
    EXPECT_EQ(bad.error().message, "no answer");
    EXPECT_THROW(static_cast<void>(bad.value()), std::bad_variant_access);

    EXPECT_TRUE(Outcome<>().isSuccess());
    Outcome<std::string> text = std::string("moved");
    EXPECT_EQ(std::move(text).value(), "moved");
}

TEST(DropCounts, AddUp) {
    DropCounts counts;
    counts[DropReason::queueFull] = 2;
    counts[DropReason::sinkFailed] = 3;
    DropCounts more;
    more[DropReason::sinkFailed] = 4;
    counts += more;
    EXPECT_EQ(counts[DropReason::sinkFailed], 7U);
    EXPECT_EQ(counts.total(), 9U);
}

TEST(Stats, AreConservedWhenEverySpanIsSomewhere) {
    Stats stats;
    stats.recorded = 10;
    EXPECT_FALSE(stats.isConserved());
    stats.recovered = 3;
    stats.delivered = 6;
    stats.queued = 4;
    stats.onDisk = 2;
    stats.dropped[DropReason::expired] = 1;
    EXPECT_TRUE(stats.isConserved());
    stats.notKept = 100;
    EXPECT_TRUE(stats.isConserved());
}

TEST(Literal, RefersToItsCharacters) {
    const Literal name = "audio.encode";
    EXPECT_EQ(name.view(), "audio.encode");
    EXPECT_EQ(name.size(), 12U);
    EXPECT_EQ(name.view().data(), name.data());
}

TEST(Literal, HasUpTo255Characters) {
    const Literal longest =
        "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
        "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
        "123456789 123456789 123456789 123456789 123456789 12345";
    EXPECT_EQ(longest.size(), 255U);
    EXPECT_EQ(longest.view().size(), 255U);
}

// clang before 17 calls the constructor at run time there.
struct Names {
    Literal name{"audio.block"};
};
TEST(Literal, MayBeADefaultMemberInitializer) {
    const Names names;
    EXPECT_EQ(names.name.view(), "audio.block");
}

TEST(Version, IsTheSameInAllItsForms) {
    EXPECT_EQ(version, std::to_string(SIDESPAN_VERSION_MAJOR) + "." + std::to_string(SIDESPAN_VERSION_MINOR) +
                           "." + std::to_string(SIDESPAN_VERSION_PATCH));
}

}
