#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <sidespan/detail/join.h>
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

    /// Begins the field `name`, such as "queue.capacityBytes". True when its rule is to be checked: the calls
    /// below are about this field.
    template <class T>
    [[nodiscard]] bool field(std::string_view name, const T& a, const T& b) {
        name_ = name;
        if (use_ == Use::checkOne) return result_.empty();
        if (!isSame(a, b)) result_ += join({result_.empty() ? "" : ", ", name});
        return false;
    }

    template <std::integral T>
    void inRange(T value, T low, T high, std::string_view unit) {
        if (value < low || value > high)
            fail(join({decimal(value), unit}), join({"from ", decimal(low), " to ", decimal(high), unit}));
    }
    void inRange(std::chrono::seconds value, std::chrono::seconds low, std::chrono::seconds high) {
        inRange(value.count(), low.count(), high.count(), " s");
    }
    void inRange(std::chrono::milliseconds value, std::chrono::milliseconds low,
                 std::chrono::milliseconds high) {
        inRange(value.count(), low.count(), high.count(), " ms");
    }
    void isNoMoreThan(std::chrono::milliseconds value, std::string_view otherField,
                      std::chrono::milliseconds most);
    /// Text without control characters, as in the value of a header (RFC 9110, 5.5).
    void isHeaderValue(std::string_view value);
    /// A path that the operating system takes as it is: the shell's "~" would make a folder of that name.
    void isPath(std::string_view path);

    /// The field holds `held`; it must be `right`. The first failure counts.
    void fail(std::string_view held, std::string_view right);

    /// The error's text, or the names of the fields that differ; empty when there is nothing to say.
    [[nodiscard]] std::string takeResult() { return std::move(result_); }

private:
    template <class T>
    static bool isSame(const T& a, const T& b) {
        return a == b;
    }
    template <class F>
    static bool isSame(const std::function<F>& a, const std::function<F>& b) {
        return static_cast<bool>(a) == static_cast<bool>(b);
    }

    Use use_;
    std::string_view name_;
    std::string result_;
};

/// Fields whose value has no rule of its own: all that it may hold is right.
template <class T>
void anyValue(Fields& fields, std::string_view name, const T& a, const T& b) {
    static_cast<void>(fields.field(name, a, b));
}

[[nodiscard]] bool hasControl(std::string_view text) noexcept;
[[nodiscard]] std::string quoted(std::string_view text);

/// As an error shows it: whole when no credentials can be in it.
[[nodiscard]] std::string shownUrl(std::string_view url);
/// The current field is empty or an http URL; the error shows `example`. A user and password before the host
/// are refused unless `mayHaveCredentials`, and never quoted.
void isUrl(Fields& fields, std::string_view value, std::string_view example, bool mayHaveCredentials = false);

void visit(Fields& fields, const QueueSettings& a, const QueueSettings& b);
void visit(Fields& fields, const BatchSettings& a, const BatchSettings& b);
void visit(Fields& fields, const HttpSettings& a, const HttpSettings& b);
void visit(Fields& fields, const RetrySettings& a, const RetrySettings& b);
void visit(Fields& fields, const OutboxSettings& a, const OutboxSettings& b);
void visit(Fields& fields, const FileSettings& a, const FileSettings& b);

}
