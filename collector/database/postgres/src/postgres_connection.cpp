#include <sidespan_postgres/postgres_connection.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

namespace sidespan::database {

namespace {

using Clock = std::chrono::steady_clock;

// What an answer may take beyond the statement's own time, before the connection is given up.
constexpr std::chrono::milliseconds onTheWay{2'000};
constexpr std::chrono::milliseconds longestConnecting{5'000};

/// libpq's message without the newline at its end, and in one line.
std::string lineOf(const char* message) {
    std::string line = message;
    while (!line.empty() && line.back() == '\n') line.pop_back();
    for (auto& c : line)
        if (c == '\n' || c == '\t') c = ' ';
    return line;
}

std::string sqlStateOf(const pg_result* result) {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state == nullptr ? "" : state;
}

/// Throws for what is no URI. libpq's message ends with the part that is wrong, in quotation marks.
void checkUri(const std::string& address) {
    char* message = nullptr;
    if (auto* options = PQconninfoParse(address.c_str(), &message); options != nullptr)
        return PQconninfoFree(options);
    const std::unique_ptr<char, decltype(&PQfreemem)> owned(message, &PQfreemem);
    auto why = message == nullptr ? std::string("out of memory") : lineOf(message);
    why.resize(std::min(why.find('"'), why.size()));
    why.resize(why.find_last_not_of(": ") + 1);
    throw std::invalid_argument(
        fmt::format("the PostgreSQL URI is not valid: {} (hidden: it may contain a password)", why));
}

pg_conn* startConnecting(const std::string& address) {
    checkUri(address);
    const char* keywords[] = {"tcp_user_timeout", "application_name", "dbname", "client_encoding", nullptr};
    const char* values[] = {"10000", "sidespan-collector", address.c_str(), "UTF8", nullptr};
    return PQconnectStartParams(keywords, values, 1);
}

std::string timeoutSql(std::chrono::milliseconds timeout) {
    return fmt::format("SET statement_timeout = {}", std::max<std::int64_t>(1, timeout.count()));
}

}

void PostgresConnection::Finish::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

PostgresConnection::PostgresConnection(const std::string& address, Milliseconds timeout)
    : connection_(startConnecting(address)), timeout_(timeout) {
    finishConnecting();
    PQsetnonblocking(connection_.get(), 1);
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    execute(timeoutSql(timeout));
}

bool PostgresConnection::isOpen() const noexcept {
    return connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_OK;
}

void PostgresConnection::finishConnecting() {
    const auto until = Clock::now() + std::min<Milliseconds>(timeout_, longestConnecting);
    auto state = PQstatus(connection_.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED) lose(lineOf(PQerrorMessage(connection_.get())));
        waitFor(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, until);
        state = PQconnectPoll(connection_.get());
    }
}

PostgresConnection::Deadline PostgresConnection::deadline() const {
    return Clock::now() + timeout_ + onTheWay;
}

void PostgresConnection::lose(const std::string& why) {
    const auto message = "PostgreSQL: " + why;
    connection_.reset();
    throw PostgresError("", message);
}

void PostgresConnection::waitFor(short events, Deadline deadline) {
    pollfd poll{PQsocket(connection_.get()), events, 0};
    for (;;) {
        const auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) lose("the server does not answer");
        const int ready = ::poll(&poll, 1, static_cast<int>(left));
        if (ready > 0) return;
        if (ready < 0 && errno != EINTR) lose("the connection cannot be waited for");
    }
}

void PostgresConnection::flush(Deadline deadline) {
    for (;;) {
        const int left = PQflush(connection_.get());
        if (left == 0) return;
        if (left < 0) lose(lineOf(PQerrorMessage(connection_.get())));
        waitFor(POLLIN | POLLOUT, deadline);
        if (PQconsumeInput(connection_.get()) == 0) lose(lineOf(PQerrorMessage(connection_.get())));
    }
}

void PostgresConnection::sent(int result) {
    if (result == 0) lose(lineOf(PQerrorMessage(connection_.get())));
}

pg_result* PostgresConnection::next(Deadline deadline) {
    while (PQisBusy(connection_.get()) != 0) {
        waitFor(POLLIN, deadline);
        if (PQconsumeInput(connection_.get()) == 0) lose(lineOf(PQerrorMessage(connection_.get())));
    }
    return PQgetResult(connection_.get());
}

void PostgresConnection::check(const pg_result* result) const {
    const auto status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE) return;
    throw PostgresError(sqlStateOf(result),
                        fmt::format("PostgreSQL: {}", lineOf(PQresultErrorMessage(result))));
}

PostgresResult PostgresConnection::finish() {
    const auto until = deadline();
    flush(until);
    PostgresResult last(nullptr);
    const pg_result* failed = nullptr;
    PostgresResult failure(nullptr);
    while (auto* result = next(until)) {
        const auto status = PQresultStatus(result);
        if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
            failed = result;
            failure = PostgresResult(result);
        } else {
            last = PostgresResult(result);
        }
    }
    if (failed != nullptr) check(failed);
    return last;
}

PostgresResult PostgresConnection::execute(const std::string& sql) {
    if (!isOpen()) lose("the connection is lost");
    sent(PQsendQuery(connection_.get(), sql.c_str()));
    return finish();
}

namespace {

/// Parameters as libpq takes them.
struct Pointers {
    std::vector<const char*> values;
    std::vector<int> lengths;

    explicit Pointers(const std::vector<std::optional<std::string>>& parameters) {
        for (const auto& parameter : parameters) {
            values.push_back(parameter ? parameter->c_str() : nullptr);
            lengths.push_back(parameter ? static_cast<int>(parameter->size()) : 0);
        }
    }
};

}

PostgresResult PostgresConnection::execute(const std::string& sql, const PostgresParameters& parameters) {
    if (!isOpen()) lose("the connection is lost");
    const Pointers pointers(parameters.values_);
    sent(PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(parameters.size()),
                           parameters.types_.data(), pointers.values.data(), pointers.lengths.data(),
                           parameters.formats_.data(), 0));
    return finish();
}

PostgresResult PostgresConnection::executePrepared(std::string_view sql,
                                                   const PostgresParameters& parameters) {
    if (!isOpen()) lose("the connection is lost");
    auto found = prepared_.find(sql);
    if (found == prepared_.end()) {
        auto name = fmt::format("s{}", prepared_.size());
        sent(PQsendPrepare(connection_.get(), name.c_str(), std::string(sql).c_str(),
                           static_cast<int>(parameters.size()), parameters.types_.data()));
        finish();
        found = prepared_.emplace(sql, std::move(name)).first;
    }
    const Pointers pointers(parameters.values_);
    sent(PQsendQueryPrepared(connection_.get(), found->second.c_str(), static_cast<int>(parameters.size()),
                             pointers.values.data(), pointers.lengths.data(), parameters.formats_.data(), 0));
    return finish();
}

void PostgresConnection::stream(const std::string& sql, const PostgresParameters& parameters,
                                const TakeRow& take) {
    if (!isOpen()) lose("the connection is lost");
    const Pointers pointers(parameters.values_);
    sent(PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(parameters.size()),
                           parameters.types_.data(), pointers.values.data(), pointers.lengths.data(),
                           parameters.formats_.data(), 0));
    PQsetSingleRowMode(connection_.get());
    const auto until = deadline();
    flush(until);
    PostgresResult failure(nullptr);
    const pg_result* failed = nullptr;
    while (auto* result = next(until)) {
        PostgresResult row(result);
        const auto status = PQresultStatus(result);
        if (status == PGRES_SINGLE_TUPLE) {
            take(row);
        } else if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
            failed = result;
            failure = std::move(row);
        }
    }
    if (failed != nullptr) check(failed);
}

void PostgresConnection::setTimeout(Milliseconds timeout) {
    if (timeout == timeout_) return;
    execute(timeoutSql(timeout));
    timeout_ = timeout;
}

std::string PostgresConnection::description() const {
    return fmt::format("{} at {}", PQdb(connection_.get()), PQhost(connection_.get()));
}

PostgresTransaction::PostgresTransaction(PostgresConnection& connection) : connection_(connection) {
    connection_.execute("BEGIN");
}

PostgresTransaction::~PostgresTransaction() {
    if (!open_ || !connection_.isOpen()) return;
    try {
        connection_.execute("ROLLBACK");
    } catch (const PostgresError&) {
        // The connection is lost then, and the server rolls back.
    }
}

void PostgresTransaction::commit() {
    connection_.execute("COMMIT");
    open_ = false;
}

}
