#pragma once

#include <list>
#include <string>
#include <string_view>

#include <sidespan/config.h>

namespace sidespan::inline v0::detail {

/// Reports each failure to onError once, until something of the same kind succeeds: a server that is down for
/// a night causes one report. Not synchronised.
class FailureLog {
public:
    explicit FailureLog(const ValidConfig& config) : config_(config) {}

    void failed(std::string_view what, const Error& error) noexcept;
    void succeeded(std::string_view what) noexcept;

private:
    static constexpr std::size_t maxNames = 256;  // beyond this, all may be reported again
    static constexpr std::size_t maxKinds = 16;   // beyond this, none is reported: a server words each anew

    // Whether the failure is new, so that it is to be reported.
    [[nodiscard]] bool remember(std::string_view what, const Error& error);

    const ValidConfig& config_;
    struct Reported {
        std::string what;
        std::list<Error> errors;
    };
    std::list<Reported> reported_;  // lists, since a vector's growth is 1 kB of each plugin
};

}
