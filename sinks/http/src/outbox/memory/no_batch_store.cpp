#include "outbox/batch_store.h"

namespace sidespan::inline v0::detail {

std::unique_ptr<BatchStore> makeBatchStore(const Config&) {
    return nullptr;
}

std::optional<Error> checkBatchStore(const Config& config) {
    if (config.outbox.directory.empty()) return std::nullopt;
    return Error{ErrorCode::invalidConfig,
                 "Config::outbox.directory is set, but this target was built without the outbox directory; "
                 "remove SIDESPAN_OUTBOX memory from the target's properties, or leave the field empty"};
}

}
