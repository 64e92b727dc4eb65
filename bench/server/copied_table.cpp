#include "copied_table.h"

#include <stdexcept>

#include <fmt/format.h>

namespace sidespan::bench {

using collector::SpanRow;

CopiedTable::CopiedTable(const std::string& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {
    run("CREATE TABLE copied (LIKE client_telemetry_spans INCLUDING ALL)");
}

CopiedTable::~CopiedTable() {
    PQclear(PQexec(connection_.get(), "DROP TABLE copied"));
}

void CopiedTable::write(const std::vector<SpanRow>& rows) {
    run("COPY copied (trace_id, span_id, parent_span_id, day, id, name, kind, origin, start_unix_nano, "
        "end_unix_nano, client_type, client_version, service_name, status, attributes, resource_id, "
        "created_at) FROM "
        "STDIN");
    std::string lines;
    for (const auto& row : rows) lines += line(row);
    PQputCopyData(connection_.get(), lines.data(), static_cast<int>(lines.size()));
    PQputCopyEnd(connection_.get(), nullptr);
    while (auto* result = PQgetResult(connection_.get())) check(result);
}

std::string CopiedTable::line(const SpanRow& row) {
    return fmt::format(
        "{0}\t\\\\x{1}\t{2}\t2026-01-31\t{0}\t{3}\t{4}\tclient\t{5}\t{6}\t{7}\t{8}\t{9}\t{10}\t{11}\t1\t"
        "2026-01-31 12:00:00+00\n",
        row.traceId, row.spanId, row.parentSpanId.empty() ? "\\N" : "\\\\x" + row.parentSpanId, row.name,
        row.kind, row.startUnixNano, row.endUnixNano, row.clientType, row.clientVersion, row.serviceName,
        row.status, row.attributes);
}
void CopiedTable::check(PGresult* result) {
    const auto status = PQresultStatus(result);
    PQclear(result);
    if (status == PGRES_FATAL_ERROR) throw std::runtime_error(PQerrorMessage(connection_.get()));
}

}
