#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sidespan/config.h>

namespace sidespan::inline v0::detail {

/// Tells onError of each failure once, until something of the same kind succeeds: a server that is down for a
/// night is one report. Not synchronised.
class FailureLog {
public:
    explicit FailureLog(const ValidConfig& config) : config_(config) {}

    void failed(std::string_view what, const Error& error) noexcept;
    void succeeded(std::string_view what) noexcept;

private:
    static constexpr std::size_t maxNames = 256;  // beyond them all may be reported again
    static constexpr std::size_t maxKinds = 16;   // beyond them a server invents new words every time

    // Whether it is to be told.
    [[nodiscard]] bool remember(std::string_view what, const Error& error);

    const ValidConfig& config_;
    struct Reported {
        std::string what;
        std::vector<Error> errors;
    };
    std::vector<Reported> reported_;
};

}
