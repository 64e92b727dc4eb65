#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sidespan_collector/limits.h>
#include <boost/beast/http/message.hpp>

#include "accounts.h"
#include "answer.h"
#include "request.h"
#include "request_trace.h"

namespace sidespan::collector {

/// What becomes of a request.
struct Admission {
    RequestPlan plan;  ///< as far as it was decided
    std::optional<Answer> refusal;
};

/// Decides about a request by its head alone, before any of its body is read: where it leads, whether the
/// caller may, and how much it may send. [any thread]
class Gatekeeper {
public:
    /// With `localOnly`, hosts that are not this machine's own names are refused: a page that made its name
    /// resolve to 127.0.0.1 must not read the traces of the user's machine.
    Gatekeeper(std::string token, bool localOnly, const Accounts& accounts, const Limits& limits)
        : token_(std::move(token)), localOnly_(localOnly), accounts_(accounts), limits_(limits) {}

    using Head = boost::beast::http::request_header<>;
    /// Names the request in `trace`.
    [[nodiscard]] Admission admit(const Head& head, RequestTrace& trace) const;

private:
    struct Caller {
        bool mayEnter = false;
        std::string bearer;
        std::string userId;
    };
    [[nodiscard]] std::optional<Answer> decide(const Head& head, RequestTrace& trace,
                                               RequestPlan& plan) const;
    [[nodiscard]] Caller identify(const Head& head) const;
    [[nodiscard]] std::optional<Answer> refuseOrigin(const Head& head) const;
    [[nodiscard]] std::optional<Answer> planBody(const Head& head, RequestPlan& plan) const;

    std::string token_;
    bool localOnly_;
    const Accounts& accounts_;
    const Limits& limits_;
};

}
