#include "store/sqlite/client_reader.h"

namespace sidespan::collector::sqlite {

namespace {

constexpr std::string_view listClientsSql =
    "SELECT instance, installation, client_type, client_version, user_id, first_seen_unix_ms, "
    "last_seen_unix_ms, batches,"
    " accepted, lost_total, lost, service_name FROM clients WHERE ?2 IS NULL OR user_id = ?2 ORDER BY "
    "last_seen_unix_ms DESC, instance LIMIT "
    "?1";

StoredClient readClient(const database::Statement& row) {
    return {std::string(row.text(0)),
            std::string(row.text(1)),
            std::string(row.text(2)),
            std::string(row.text(3)),
            std::string(row.text(11)),
            std::string(row.text(4)),
            row.integer(5),
            row.integer(6),
            row.integer(7),
            row.integer(8),
            row.integer(9),
            std::string(row.text(10))};
}

}

ClientReader::ClientReader(const std::filesystem::path& file)
    : database_(file, database::Database::Mode::readOnly), list_(database_.prepare(listClientsSql)) {}

std::vector<StoredClient> ClientReader::list(std::size_t limit, const std::string& owner) {
    database::ResetAfter reset{list_};
    list_.bind(1, static_cast<std::int64_t>(limit)).bindOptional(2, owner);
    std::vector<StoredClient> clients;
    while (list_.step()) clients.push_back(readClient(list_));
    return clients;
}

}
