#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <sidespan/detail/join.h>
#include <sidespan/sampler.h>
#include <sidespan/settings/batch_settings.h>
#include <sidespan/settings/file_settings.h>
#include <sidespan/settings/http_settings.h>
#include <sidespan/settings/outbox_settings.h>
#include <sidespan/settings/queue_settings.h>
#include <sidespan/settings/retry_settings.h>

namespace sidespan::inline v0::detail {

/// Goes through the fields of a configuration. Each is listed once, with its rule, for both uses: to find the
/// first value that breaks its rule, and to name the fields in which two configurations differ.
class Fields {
public:
    enum class Use : std::uint8_t { checkOne, compareTwo };
    explicit Fields(Use use) : use_(use) {}

    /// Begins the field `name`, such as "queue.capacityBytes"; the calls below are about this field. Returns
    /// true if its rule is to be checked. Names and units are literals.
    [[nodiscard]] bool field(const char* name, bool isSame);
    [[nodiscard]] bool field(const char* name, std::string_view a, std::string_view b) {
        return field(name, a == b);
    }
    /// A field without a rule: every value is allowed.
    void anyValue(const char* name, bool isSame) { static_cast<void>(field(name, isSame)); }

    /// A number from `low` to `high`.
    void range(const char* name, std::integral auto a, std::integral auto b, std::uint64_t low,
               std::uint64_t high, const char* unit) {
        const bool isNegative = a < 0;
        const auto bits = static_cast<std::uint64_t>(a);
        range(name, a == b, isNegative ? 0 - bits : bits, isNegative, low, high, unit);
    }
    void range(const char* name, std::chrono::milliseconds a, std::chrono::milliseconds b,
               std::chrono::milliseconds low, std::chrono::milliseconds high) {
        range(name, a.count(), b.count(), static_cast<std::uint64_t>(low.count()),
              static_cast<std::uint64_t>(high.count()), " ms");
    }
    /// A path for the operating system, which does not replace "~" as a shell does.
    void path(const char* name, std::string_view a, std::string_view b);

    void isNoMoreThan(std::chrono::milliseconds value, std::string_view otherField,
                      std::chrono::milliseconds most);
    /// Text without control characters, as in the value of a header (RFC 9110, 5.5).
    void isHeaderValue(std::string_view value);
    /// Fails with "Config::<field> is <held>; it must be <right>". Only the first failure counts.
    void fail(std::string_view held, std::string_view right);
    /// Fails with "Config::<field> <what>".
    void refuse(std::string_view what);

    /// The error's text, or the names of the fields that differ. Empty if there is none.
    [[nodiscard]] std::string takeResult() { return std::move(result_); }

private:
    void range(const char* name, bool isSame, std::uint64_t magnitude, bool isNegative, std::uint64_t low,
               std::uint64_t high, const char* unit);

    Use use_;
    const char* name_ = "";
    std::string result_;
};

[[nodiscard]] bool hasControl(std::string_view text) noexcept;
[[nodiscard]] std::string quoted(std::string_view text);

/// The value for an error message: complete only if it cannot contain credentials.
[[nodiscard]] std::string shownUrl(std::string_view url);
/// The current field is empty or an http URL; the error shows `example`. A user and password before the host
/// are refused unless `mayHaveCredentials`, and never quoted.
void isUrl(Fields& fields, std::string_view value, std::string_view example, bool mayHaveCredentials = false);

void visit(Fields& fields, const Sampler& a, const Sampler& b);
void visit(Fields& fields, const QueueSettings& a, const QueueSettings& b);
void visit(Fields& fields, const BatchSettings& a, const BatchSettings& b);
void visit(Fields& fields, const HttpSettings& a, const HttpSettings& b);
void visit(Fields& fields, const RetrySettings& a, const RetrySettings& b);
void visit(Fields& fields, const OutboxSettings& a, const OutboxSettings& b);
void visit(Fields& fields, const FileSettings& a, const FileSettings& b);

}
