#include <utility>

#include "outbox/batch_store.h"
#include "outbox_folder.h"

namespace sidespan::inline v0::detail {

std::unique_ptr<BatchStore> makeBatchStore(const Config& config) {
    if (config.outbox.directory.empty()) return nullptr;
    return std::make_unique<OutboxFolder>(config.outbox.directory, config.endpoint,
                                          config.http.maxBytesPerDay);
}

std::optional<Error> checkBatchStore(const Config&) {
    return std::nullopt;
}

}
