#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sidespan_postgres/postgres_connection.h>

#include "copied_table.h"
#include "filled_store.h"
#include "processor_seconds.h"
#include "server_bench.h"
#include "store/postgres/postgres_rollup_table.h"
#include "store/rollup/batch_rollup.h"
#include "support/postgres_cluster.h"

namespace sidespan::bench {

namespace {

using collector::BatchRollup;

constexpr std::size_t pairs = 20;
constexpr std::size_t batchesOfPair = 10;

/// The server's log, of which auto_explain's plans are read.
class Log {
public:
    void add(const std::string& line) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(line);
        changed_.notify_all();
    }
    void clear() {
        const std::lock_guard lock(mutex_);
        lines_.clear();
    }
    /// The nodes of the plans that were executed, before a line that has `mark`.
    std::vector<std::string> plansUntil(const std::string& mark) {
        std::unique_lock lock(mutex_);
        const auto isMark = [&](const std::string& line) { return line.find(mark) != line.npos; };
        if (!changed_.wait_for(lock, std::chrono::seconds(30),
                               [&] { return std::any_of(lines_.begin(), lines_.end(), isMark); }))
            throw std::runtime_error("the server logs no plans");
        std::vector<std::string> plans;
        for (const auto& line : lines_) {
            const auto cost = line.find("  (cost=");
            if (cost != line.npos && line.find("(never executed)") == line.npos)
                plans.push_back(line.substr(1, cost - 1));
        }
        lines_.clear();
        return withoutDays(plans);
    }

private:
    /// The partitions of days are all read alike: those behind the first one are left out.
    static std::vector<std::string> withoutDays(const std::vector<std::string>& plans) {
        static const std::regex day("spans_[0-9]{8}");
        static const std::regex alias(" s_[0-9]+$");
        std::vector<std::string> nodes;
        for (const auto& node : plans) {
            auto text = std::regex_replace(std::regex_replace(node, day, "spans_<day>"), alias, "");
            if (text == node || std::find(nodes.begin(), nodes.end(), text) == nodes.end())
                nodes.push_back(std::move(text));
        }
        return nodes;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
};

/// On a connection of its own, of which the server's processor time is known.
class RollupsAlone {
public:
    explicit RollupsAlone(const std::string& url)
        : connection_(url, std::chrono::seconds(60)), writer_(connection_) {
        process_ = std::to_string(connection_.execute("SELECT pg_backend_pid()").integer(0, 0));
    }
    double secondsOf(const std::vector<FilledStore::Batch>& batches) {
        const auto before = processorSeconds(process_);
        for (const auto& batch : batches) write(batch);
        return processorSeconds(process_) - before;
    }

private:
    void write(const FilledStore::Batch& batch) {
        const auto traces = collector::groupByTrace(batch);
        database::PostgresTransaction transaction(connection_);
        BatchRollup rollup(traces, batch[0].startUnixNano,
                           [&](const auto& series) { return writer_.idOf(series); });
        for (const auto& row : batch) rollup.addSpan(row);
        writer_.write(rollup.sums());
        transaction.commit();
    }

    database::PostgresConnection connection_;
    collector::postgres::RollupWriter writer_;
    std::string process_;
};

struct Ingest {
    double copying = 0;
    double storing = 0;
    double rollups = 0;
};

/// The same batches in turns, so that whatever else the machine does happens to all of them.
Ingest ingest(FilledStore& filled, const std::string& url, const std::string& writer,
              const std::string& otherUrl) {
    CopiedTable copied(url);
    RollupsAlone rollups(otherUrl);
    Ingest sums;
    for (std::size_t i = 0; i < pairs; ++i) {
        const auto batches = filled.next(batchesOfPair);
        const auto before = processorSeconds(copied.process());
        for (const auto& batch : batches) copied.write(batch);
        sums.copying += processorSeconds(copied.process()) - before;
        const auto between = processorSeconds(writer);
        filled.write(batches);
        sums.storing += processorSeconds(writer) - between;
        sums.rollups += rollups.secondsOf(batches);
    }
    return sums;
}

}

void measurePostgres(std::size_t most) {
    if (!test::PostgresCluster::isInstalled()) {
        fmt::print("PostgreSQL is not installed\n");
        return;
    }
    Log log;
    test::PostgresCluster server("shared_buffers = 256MB\nmax_wal_size = 4GB\n",
                                 [&](const std::string& line) { log.add(line); });
    const auto otherUrl = server.newDatabase();
    static_cast<void>(collector::openStore({otherUrl}));
    const auto url = server.newDatabase();
    FilledStore filled(url, most);
    const auto writer = server
                            .query(url,
                                   "SELECT pid FROM pg_stat_activity WHERE application_name = "
                                   "'sidespan-collector' AND datname = "
                                   "current_database()")
                            .at(0);
    const auto [copying, storing, rollups] = ingest(filled, url, writer, otherUrl);
    const auto all = static_cast<double>(filled.spans());
    fmt::print(
        "PostgreSQL, {} spans: COPY {:.0f}, the store {:.0f} spans per second of the server's CPU: {:.2f} x "
        "(bound "
        "0.6)\n",
        filled.spans(), all / copying, all / storing, copying / storing);
    fmt::print("PostgreSQL, rollups: {:.0f} % of ingest (bound 25)\n", 100 * rollups / storing);
    filled.fill();
    fmt::print("PostgreSQL, {} spans:\n", filled.spans());
    server.query(url, "ANALYZE");
    for (const char* setting : {"session_preload_libraries = auto_explain", "auto_explain.log_analyze = on",
                                "auto_explain.log_timing = off", "auto_explain.log_min_duration = 0"})
        server.query(url, fmt::format("ALTER DATABASE {} SET {}",
                                      server.query(url, "SELECT current_database()").at(0), setting));
    measureQueries(filled, [&](const auto& query) {
        log.clear();
        query();
        server.query(url, "DO $$ BEGIN RAISE LOG 'end of plans'; END $$");
        return log.plansUntil("end of plans");
    });
    measureRetention(filled);
}

}
