#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <sidespan_database/sqlite.h>
#include "store/stored_client.h"

namespace sidespan::collector::sqlite {

/// Reads what SpanWriter wrote of clients. One thread at a time. Throws DatabaseError.
class ClientReader {
public:
    /// The file must have been opened by a SpanWriter before.
    explicit ClientReader(const std::filesystem::path& file);

    /// The last seen first: those of a user, or all for an empty `owner`.
    [[nodiscard]] std::vector<StoredClient> list(std::size_t limit, const std::string& owner);

private:
    database::Database database_;
    database::Statement list_;
};

}
