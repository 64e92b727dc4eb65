#pragma once

#include <cstddef>

#include <sidespan/deadline.h>
#include <sidespan/error.h>

#include <sidespan/network/detail/request_source.h>

namespace sidespan::inline v0::detail {

/// The posts of a NetworkClient, as the client itself knows them: what has them sent is linked only with
/// NetworkClient::post() or get(), which a sink does not call. [any thread]
class Posts : public RequestSource {
public:
    /// Fails everything that waits, and what is under way once it has been interrupted.
    virtual void cancel(const Error& error) = 0;
    /// Until no more than `but` are left. False at the deadline.
    [[nodiscard]] virtual bool waitUntilEmpty(Deadline deadline, std::size_t but) = 0;
};

}
