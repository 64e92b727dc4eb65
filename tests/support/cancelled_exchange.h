#pragma once

#include <functional>
#include <future>

#include <gtest/gtest.h>
#include <sidespan/http_transport/http_transport.h>

#include "support/patience.h"

namespace sidespan::test {

/// Sends on a thread of its own, and cancels that once `untilUnderWay()` has returned: nothing else would end
/// the exchange in time. Gives what it ended with.
inline Outcome<HttpResponse> sendAndCancel(HttpTransport& transport, HttpRequest request,
                                           Cancellation& cancellation,
                                           const std::function<void()>& untilUnderWay) {
    request.connectTimeout = request.idleTimeout = request.totalTimeout = beyondPatience;
    auto sent = std::async(std::launch::async, [&] { return transport.send(request, cancellation); });
    untilUnderWay();
    cancellation.cancel();
    EXPECT_EQ(sent.wait_for(patience), std::future_status::ready) << "cancelled, and still under way";
    return sent.get();
}

}
