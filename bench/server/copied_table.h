#pragma once

#include <memory>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "store/span_row.h"

namespace sidespan::bench {

/// A connection that copies rows into a table with the columns, key and indexes of the store's.
class CopiedTable {
public:
    explicit CopiedTable(const std::string& url);
    /// Takes it away.
    ~CopiedTable();
    CopiedTable(const CopiedTable&) = delete;
    CopiedTable& operator=(const CopiedTable&) = delete;

    [[nodiscard]] std::string process() const { return std::to_string(PQbackendPID(connection_.get())); }
    void write(const std::vector<collector::SpanRow>& rows);

private:
    static std::string line(const collector::SpanRow& row);
    void run(const char* sql) { check(PQexec(connection_.get(), sql)); }
    void check(PGresult* result);

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

}
