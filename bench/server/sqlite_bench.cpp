#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sidespan_database/sqlite.h>
#include <sqlite3.h>

#include "filled_store.h"
#include "processor_seconds.h"
#include "server_bench.h"
#include "store/rollup/batch_rollup.h"
#include "store/sqlite/sqlite_rollup_table.h"
#include "store/sqlite/sqlite_schema.h"
#include "support/temporary_directory.h"

namespace sidespan::bench {

namespace {

using collector::BatchRollup;

/// What all connections of this process run, while it is wanted.
struct Statements {
    std::mutex mutex;
    bool isWanted = false;
    std::vector<std::string> texts;

    static Statements& all() {
        static Statements statements;
        return statements;
    }
    void add(const char* sql) {
        const std::lock_guard lock(mutex);
        if (isWanted && std::find(texts.begin(), texts.end(), sql) == texts.end()) texts.emplace_back(sql);
    }
};

int onStatement(unsigned, void*, void* statement, void*) {
    if (const auto* sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement))) Statements::all().add(sql);
    return 0;
}

int watchConnection(sqlite3* connection, const char**, const sqlite3_api_routines*) {
    return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, onStatement, nullptr);
}

std::vector<std::string> plansIn(const std::string& file, const std::function<void()>& query) {
    auto& statements = Statements::all();
    statements.isWanted = true;
    query();
    statements.isWanted = false;
    database::Database database(file, database::Database::Mode::readOnly);
    std::vector<std::string> lines;
    for (const auto& sql : std::exchange(statements.texts, {})) {
        const auto words = sql.substr(std::min(sql.size(), sql.find_first_not_of(" \n")));
        if (!words.starts_with("SELECT") && !words.starts_with("WITH")) continue;
        auto plan = database.prepare("EXPLAIN QUERY PLAN " + sql);
        while (plan.step()) lines.emplace_back(plan.text(3));
    }
    return lines;
}

double secondsOf(FilledStore& filled, const std::vector<FilledStore::Batch>& batches) {
    const auto before = processorSeconds();
    filled.write(batches);
    return processorSeconds() - before;
}

/// Of the rollups of these alone, in a file of their own and in transactions of their own.
double rollupSeconds(const std::vector<FilledStore::Batch>& batches) {
    const test::TemporaryDirectory folder;
    database::Database database(folder / "rollups.db", database::Database::Mode::readWrite);
    collector::sqlite::prepareSchema(database);
    collector::sqlite::RollupWriter writer(database);
    const auto before = processorSeconds();
    for (const auto& batch : batches) {
        const auto traces = collector::groupByTrace(batch);
        database::Transaction transaction(database);
        writer.begin();
        BatchRollup rollup(traces, batch[0].startUnixNano,
                           [&](const auto& series) { return writer.idOf(series); });
        for (const auto& row : batch) rollup.addSpan(row);
        writer.write(rollup.sums());
        transaction.commit();
    }
    return processorSeconds() - before;
}

}

void measureSqlite(std::size_t most) {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(watchConnection));
    const test::TemporaryDirectory folder;
    const auto file = folder / "spans.db";
    FilledStore filled("sqlite:" + file, most);
    const auto first = filled.next(batchesMeasured);
    const auto empty = secondsOf(filled, first);
    filled.fill();
    const auto stored = filled.spans();
    const auto last = filled.next(batchesMeasured);
    const auto full = secondsOf(filled, last);
    fmt::print("SQLite, empty file: {:.0f} spans per CPU second\n", measuredSpans / empty);
    fmt::print("SQLite, {} spans: {:.0f} spans per CPU second: {:.2f} x (bound 0.55)\n", stored,
               measuredSpans / full, empty / full);
    const auto rollups = rollupSeconds(last);
    fmt::print("SQLite, rollups: {:.0f} % of ingest into the empty file, {:.0f} % at {} spans (bound 25)\n",
               100 * rollups / empty, 100 * rollups / full, stored);
    measureQueries(filled, [&](const auto& query) { return plansIn(file, query); });
    measureRetention(filled);
}

}
