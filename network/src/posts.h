#pragma once

#include <cstddef>

#include <sidespan/deadline.h>
#include <sidespan/error.h>

#include <sidespan/network/detail/request_source.h>

namespace sidespan::inline v0::detail {

/// The interface of a NetworkClient to its PostQueue, which is linked only with NetworkClient::post() or
/// get(). A sink calls neither. [any thread]
class Posts : public RequestSource {
public:
    /// Fails everything that waits, and what is under way once it has been interrupted.
    virtual void cancel(const Error& error) = 0;
    /// Waits until no more than `but` are left. False at the deadline.
    [[nodiscard]] virtual bool waitUntilEmpty(Deadline deadline, std::size_t but) = 0;
};

}
