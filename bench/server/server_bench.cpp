// sidespan_bench_server [SQLITE_SPANS [POSTGRES_SPANS]]: spans stored in a second of processor time.

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <unistd.h>

#include "made_spans.h"
#include "store/open_store.h"
#include "support/postgres_cluster.h"
#include "support/temporary_directory.h"

namespace sidespan::bench {
namespace {

using collector::openStore;
using collector::SpanRow;
using collector::Store;

constexpr std::size_t batchesMeasured = 100;

double processSeconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Of another process, in steps of 10 ms.
double secondsOf(const std::string& process) {
    std::ifstream stat("/proc/" + process + "/stat");
    std::string word;
    double ticks = 0;
    for (int field = 1; stat >> word && field <= 15; ++field)
        if (field >= 14) ticks += std::stod(word);
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::vector<std::vector<SpanRow>> someBatches(MadeSpans& spans) {
    std::vector<std::vector<SpanRow>> batches;
    for (std::size_t i = 0; i < batchesMeasured; ++i) batches.push_back(spans.nextBatch());
    return batches;
}

double spansPerSecond(double seconds) {
    return static_cast<double>(batchesMeasured * MadeSpans::perBatch) / seconds;
}

double sqliteSpeed(Store& store, MadeSpans& spans) {
    const auto batches = someBatches(spans);
    const auto before = processSeconds();
    for (const auto& batch : batches) store.write(batch);
    return spansPerSecond(processSeconds() - before);
}

void measureSqlite(std::size_t most) {
    const test::TemporaryDirectory folder;
    const auto store = openStore({"sqlite:" + (folder / "spans.db")});
    MadeSpans spans;
    const auto empty = sqliteSpeed(*store, spans);
    fmt::print("SQLite, empty file: {:.0f} spans per CPU second\n", empty);
    auto stored = batchesMeasured * MadeSpans::perBatch;
    while (stored + batchesMeasured * MadeSpans::perBatch < most) {
        for (const auto& batch : someBatches(spans)) store->write(batch);
        stored += batchesMeasured * MadeSpans::perBatch;
    }
    const auto full = sqliteSpeed(*store, spans);
    fmt::print("SQLite, {} spans: {:.0f} spans per CPU second, {:.2f} x that of the empty file\n", stored,
               full, full / empty);
}

/// A connection that copies rows into a table with the same columns, key and indexes.
class Copy {
public:
    explicit Copy(const std::string& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {
        run("CREATE TABLE copied (LIKE client_telemetry_spans INCLUDING ALL)");
    }
    [[nodiscard]] std::string process() const { return std::to_string(PQbackendPID(connection_.get())); }

    void write(const std::vector<SpanRow>& rows) {
        run("COPY copied (trace_id, span_id, parent_span_id, day, id, name, kind, origin, start_unix_nano, "
            "end_unix_nano, client_type, client_version, service_name, status, attributes, created_at) FROM "
            "STDIN");
        std::string lines;
        for (const auto& row : rows) lines += line(row);
        PQputCopyData(connection_.get(), lines.data(), static_cast<int>(lines.size()));
        PQputCopyEnd(connection_.get(), nullptr);
        while (auto* result = PQgetResult(connection_.get())) check(result);
    }

private:
    static std::string line(const SpanRow& row) {
        return fmt::format(
            "{0}\t\\\\x{1}\t{2}\t2026-01-31\t{0}\t{3}\t{4}\tclient\t{5}\t{6}\t{7}\t{8}\t{9}\t{10}\t{11}\t"
            "2026-01-31 12:00:00+00\n",
            row.traceId, row.spanId, row.parentSpanId.empty() ? "\\N" : "\\\\x" + row.parentSpanId, row.name,
            row.kind, row.startUnixNano, row.endUnixNano, row.clientType, row.clientVersion, row.serviceName,
            row.status, row.attributes);
    }
    void run(const char* sql) { check(PQexec(connection_.get(), sql)); }
    void check(PGresult* result) {
        const auto status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_FATAL_ERROR) throw std::runtime_error(PQerrorMessage(connection_.get()));
    }

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

void measurePostgres(std::size_t most) {
    if (!test::PostgresCluster::isInstalled()) {
        fmt::print("PostgreSQL is not installed\n");
        return;
    }
    test::PostgresCluster server("shared_buffers = 256MB\nmax_wal_size = 4GB\n");
    const auto url = server.newDatabase();
    const auto store = openStore({url});
    const auto writer =
        server.query(url, "SELECT pid FROM pg_stat_activity WHERE application_name = 'sidespan-collector'")
            .at(0);
    Copy copy(url);
    MadeSpans spans;
    double copying = 0;
    double storing = 0;
    std::size_t stored = 0;
    for (; stored < most; stored += batchesMeasured * MadeSpans::perBatch) {
        const auto batches = someBatches(spans);
        const auto before = secondsOf(copy.process());
        for (const auto& batch : batches) copy.write(batch);
        copying += secondsOf(copy.process()) - before;
        const auto between = secondsOf(writer);
        for (const auto& batch : batches) store->write(batch);
        storing += secondsOf(writer) - between;
    }
    const auto all = static_cast<double>(stored);
    fmt::print(
        "PostgreSQL, {} spans: COPY {:.0f}, the store {:.0f} spans per second of the server's CPU: {:.2f} "
        "x\n",
        stored, all / copying, all / storing, copying / storing);
}

std::size_t argument(int argc, char** argv, int at, std::size_t otherwise) {
    return argc > at ? std::stoul(argv[at]) : otherwise;
}

}
}

int main(int argc, char** argv) try {
    sidespan::bench::measureSqlite(sidespan::bench::argument(argc, argv, 1, 300'000));
    sidespan::bench::measurePostgres(sidespan::bench::argument(argc, argv, 2, 200'000));
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
}
