#pragma once

#include "access/token_table.h"
#include "store/postgres/postgres_session.h"

namespace sidespan::collector::postgres {

/// Tokens in the PostgreSQL database of the spans, over a connection of their own.
class PostgresTokenTable final : public TokenTable {
public:
    explicit PostgresTokenTable(const StoreOptions& options)
        : server_(options.address, options.statementTimeout), session_(server_) {}

    std::string state() override;
    std::vector<StoredToken> load() override;
    void add(const StoredToken& token) override;
    bool revoke(const std::string& id, std::int64_t nowUnixMs) override;

private:
    /// Gives a connection to `work`, on which the table is there.
    template <class Work>
    auto run(Work work);

    Server server_;
    Session session_;
    bool isMade_ = false;
};

}
