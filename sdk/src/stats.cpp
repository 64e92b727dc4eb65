#include <sidespan/stats.h>

namespace sidespan::inline v0 {

std::string_view toString(DropReason reason) noexcept {
    switch (reason) {
        case DropReason::queueFull:
            return "queue full";
        case DropReason::laneFull:
            return "lane full";
        case DropReason::tooManyOpen:
            return "too many open";
        case DropReason::tooLarge:
            return "too large";
        case DropReason::rejected:
            return "rejected by server";
        case DropReason::expired:
            return "expired";
        case DropReason::outboxFull:
            return "outbox full";
        case DropReason::consentWithdrawn:
            return "consent withdrawn";
        case DropReason::shutdown:
            return "shutdown";
        case DropReason::sinkFailed:
            return "sink failed";
        case DropReason::laneMisused:
            return "lane misused";
    }
    return "unknown";
}

}
