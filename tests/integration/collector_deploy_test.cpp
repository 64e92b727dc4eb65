#include <fstream>
#include <functional>
#include <regex>

#include <sidespan/sink_http/http_sink.h>
#include <sidespan_collector/tokens.h>
#include <sys/file.h>
#include <boost/json/array.hpp>

#include "collector_fixture.h"
#include "program.h"
#include "support/patience.h"
#include "support/sockets.h"
#include "support/span_records.h"
#include "support/tls_identities.h"

namespace sidespan::collector::testing {
namespace {

/// What stands around a collector: nginx, Prometheus, systemd, a backup. Each test is skipped where the
/// program is not installed; scripts/setup installs them.
class CollectorDeployTest : public CollectorTest {
protected:
    static bool eventually(const std::function<bool()>& holds) {
        const auto end = std::chrono::steady_clock::now() + test::patience;
        while (std::chrono::steady_clock::now() < end)
            if (holds()) return true;
        return false;
    }
    static std::string contentsOf(const std::filesystem::path& file) {
        std::ifstream stream(file);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    static std::string replaced(const std::string& text, const char* pattern, const std::string& by) {
        auto result = std::regex_replace(text, std::regex(pattern), by);
        EXPECT_NE(result, text) << pattern;
        return result;
    }
    static bool listens(std::uint16_t port) {
        try {
            Client client(port);
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }
    std::filesystem::path folder(const char* name) {
        auto path = directory_ / name;
        std::filesystem::create_directories(path);
        return path;
    }
    std::string oneSpan() { return boost::json::serialize(boost::json::array{spanJson(1, 0, "a", 0, 1)}); }

    /// nginx with the file of collector/deploy, for this test's port, certificate and collector.
    std::unique_ptr<Program> nginx(std::uint16_t port, const test::TlsIdentity& identity) {
        const auto place = folder("nginx");
        std::ofstream(place / "certificate.pem") << identity.certificate;
        std::ofstream(place / "key.pem") << identity.key;
        auto site = contentsOf(std::filesystem::path(DEPLOY_FOLDER) / "nginx.conf");
        site = replaced(site, "listen 443", fmt::format("listen 127.0.0.1:{}", port));
        site = replaced(site, " *listen \\[::\\]:443[^\n]*\n", "");
        site =
            replaced(site, "server 127.0.0.1:8080", fmt::format("server 127.0.0.1:{}", collector_->port()));
        site = replaced(site, "/etc/ssl/certs/[^;]*", (place / "certificate.pem").string());
        site = replaced(site, "/etc/ssl/private/[^;]*", (place / "key.pem").string());
        std::ofstream(place / "site.conf") << site;
        std::ofstream conf(place / "nginx.conf");
        conf << "daemon off;\nmaster_process off;\npid " << (place / "pid").string()
             << ";\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n";
        for (const auto* each : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
            conf << each << "_temp_path " << (place / each).string() << ";\n";
        conf << "include " << (place / "site.conf").string() << ";\n}\n";
        conf.close();
        return std::make_unique<Program>(
            place, std::vector<std::string>{"/usr/sbin/nginx", "-p", place.string(), "-c",
                                            (place / "nginx.conf").string()});
    }
};

#define SKIP_WITHOUT(program, package) \
    if (!std::filesystem::exists(program)) GTEST_SKIP() << program " is not installed (Debian: " package ")"

TEST_F(CollectorDeployTest, ASinkPostsThroughNginxByTls) {
    SKIP_WITHOUT("/usr/sbin/nginx", "nginx-light");
    options_.proxies = http_server::TrustedProxies({"127.0.0.1"});
    const auto token =
        Tokens(options_.database.string()).create({http_server::Scope::ingest}, "plugin").token;
    start();
    const test::TestAuthority authority;
    std::ofstream(directory_ / "ca.pem") << authority.certificate();
    std::uint16_t port = 0;
    const auto reserved = test::sockets::reserve(port);
    const auto proxy = nginx(port, authority.issue("127.0.0.1"));
    ASSERT_TRUE(eventually([&] { return listens(port); })) << proxy->errors();

    Config config;
    config.endpoint = fmt::format("https://127.0.0.1:{}", port);
    config.http.caFile = (directory_ / "ca.pem").string();
    config.token = token;
    config.consent = Consent::granted;
    config.batch.maxSpans = 100;
    HttpSink sink(validate(config).value());
    sink.start();
    constexpr std::size_t count = 1'000;
    sink.consume(test::SpanRecords(count, 2'000).batch());
    EXPECT_TRUE(sink.flush(deadlineIn(test::patience))) << proxy->errors();
    EXPECT_EQ(sink.stats().delivered, count);
    EXPECT_TRUE(sink.shutdown(deadlineIn(test::patience)));
    EXPECT_THAT(proxy->errors(), ::testing::Not(HasSubstr("[error]")));
    test::sockets::close(reserved);
}

TEST_F(CollectorDeployTest, PromtoolTakesTheMetrics) {
    SKIP_WITHOUT("/usr/bin/promtool", "prometheus");
    options_.forward.url = "http://127.0.0.1:9";
    options_.onError = {};
    start();
    auto client = connect();
    client.postSpans(oneSpan(), {{"X-Client-Instance", "i1"}, {"X-Client-Lost", "outbox-full=3"}});
    client.get("/nowhere");
    const auto metrics = client.get("/metrics");
    ASSERT_EQ(metrics.status, 200);
    EXPECT_EQ(metrics["Content-Type"], "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(metrics.body, HasSubstr("forward_spans_total{state=\"taken\"}"));
    const auto file = directory_ / "metrics.txt";
    std::ofstream(file) << metrics.body;
    Program promtool(directory_, {"/bin/sh", "-c", "exec promtool check metrics < \"$0\"", file.string()});
    const auto said = promtool.readAll();
    EXPECT_EQ(promtool.wait(), 0) << said << promtool.errors();
    EXPECT_THAT(said + promtool.errors(), IsEmpty());
}

TEST_F(CollectorDeployTest, PrometheusScrapesIt) {
    SKIP_WITHOUT("/usr/bin/prometheus", "prometheus");
    Tokens tokens(options_.database.string());
    const auto ingest = tokens.create({http_server::Scope::ingest}, "plugin").token;
    const auto place = folder("prometheus");
    std::ofstream(place / "token") << tokens.create({http_server::Scope::metrics}, "prometheus").token;
    start();
    EXPECT_EQ(connect().postSpans(oneSpan(), {{"Authorization", "Bearer " + ingest}}).status, 200);
    std::ofstream(place / "prometheus.yml") << fmt::format(
        "global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\n"
        "scrape_configs:\n"
        "  - job_name: sidespan\n"
        "    authorization: {{credentials_file: {}}}\n"
        "    static_configs: [{{targets: ['127.0.0.1:{}']}}]\n",
        (place / "token").string(), collector_->port());
    const Program prometheus(
        place, {"/usr/bin/prometheus", "--config.file=" + (place / "prometheus.yml").string(),
                "--storage.tsdb.path=" + (place / "data").string(), "--web.listen-address=127.0.0.1:0",
                "--log.level=info"});
    std::smatch found;
    std::string said;
    const std::regex listening("msg=\"Listening on\"[^\n]* address=127.0.0.1:([0-9]+)");
    ASSERT_TRUE(eventually([&] {
        said = prometheus.errors();
        return std::regex_search(said, found, listening);
    })) << said;
    const auto port = static_cast<std::uint16_t>(std::stoi(found[1]));
    std::string answer;
    EXPECT_TRUE(eventually([&] {
        answer = Client(port).get("/api/v1/query?query=sidespan_collector_spans_total").body;
        return std::regex_search(answer,
                                 std::regex("\"result\":\"accepted\"\\},\"value\":\\[[0-9.]+,\"1\"\\]"));
    })) << answer;
}

TEST_F(CollectorDeployTest, SystemdTakesTheUnit) {
    SKIP_WITHOUT("/usr/bin/systemd-analyze", "systemd");
    auto unit = contentsOf(std::filesystem::path(DEPLOY_FOLDER) / "sidespan-collector.service");
    unit = replaced(unit, "/usr/local/bin/sidespan-collector", COLLECTOR_PROGRAM);
    const auto file = directory_ / "sidespan-collector.service";
    std::ofstream(file) << unit;
    Program verify(directory_, {"/usr/bin/systemd-analyze", "verify", "--man=no", file.string()});
    const auto said = verify.readAll();
    EXPECT_EQ(verify.wait(), 0) << said << verify.errors();
    EXPECT_THAT(said + verify.errors(), IsEmpty());
}

TEST_F(CollectorDeployTest, TheUnitsTokensAreThoseOfItsCollector) {
    const auto unit = contentsOf(std::filesystem::path(DEPLOY_FOLDER) / "sidespan-collector.service");
    EXPECT_FALSE(std::regex_search(unit, std::regex("\nExecStart=[^\n]*(\\\\\n[^\n]*)*--(database|store)")))
        << "the default is what the next lines create tokens in";
    std::smatch found;
    ASSERT_TRUE(std::regex_search(unit, found,
                                  std::regex("sidespan-collector (tokens create [^\n]*(?:\n#  [^\n]*)*)")));
    const auto create = std::regex_replace(found[1].str(), std::regex("\n#"), " ");
    const auto run = [&](const std::string& command) {
        Program shell(directory_, {"/bin/sh", "-c",
                                   fmt::format("cd {} && exec env -u SIDESPAN_COLLECTOR_STORE {} {}",
                                               directory_.string(), COLLECTOR_PROGRAM, command)});
        auto said = shell.readAll();
        EXPECT_EQ(shell.wait(), 0) << shell.errors();
        return said;
    };
    run(create);
    EXPECT_THAT(run("tokens list"), HasSubstr("  web\n"));
}

TEST_F(CollectorDeployTest, ABackupIsWholeOrNotThereAndNoMoreReadable) {
    const auto copy = directory_ / "backup.db";
    const auto backUp = [&] {
        Program backup(directory_, {COLLECTOR_PROGRAM, "backup", "--database", options_.database.string(),
                                    "--to", copy.string()});
        backup.readAll();
        return backup.wait();
    };
    std::ofstream(options_.database) << "no database, and longer than the head of one: "
                                     << std::string(100, '-');
    EXPECT_EQ(backUp(), 1);
    for (const auto& file : std::filesystem::directory_iterator(directory_))
        EXPECT_THAT(file.path().filename().string(), ::testing::Not(HasSubstr("backup.db")));
    std::filesystem::remove(options_.database);
    start();
    std::filesystem::permissions(options_.database, std::filesystem::perms(0600));
    std::ofstream(copy.string() + ".partial") << "what a killed backup left";
    EXPECT_EQ(backUp(), 0);
    EXPECT_EQ(std::filesystem::status(copy).permissions(), std::filesystem::perms(0600));
    EXPECT_FALSE(std::filesystem::exists(copy.string() + ".partial"));
}

TEST_F(CollectorDeployTest, OneBackupAtATimeWritesAFile) {
    start();
    const auto copy = directory_ / "backup.db";
    const auto partial = copy.string() + ".partial";
    const std::vector<std::string> words{COLLECTOR_PROGRAM,          "backup", "--database",
                                         options_.database.string(), "--to",   copy.string()};
    std::ofstream(partial) << "what another backup has written so far";
    const int other = open(partial.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_EQ(flock(other, LOCK_EX), 0);
    Program refused(directory_, words);
    refused.readAll();
    EXPECT_EQ(refused.wait(), 1);
    EXPECT_THAT(refused.errors(), HasSubstr("is being written by another backup"));
    EXPECT_EQ(std::filesystem::file_size(partial), 38);
    close(other);
    Program backup(directory_, words);
    backup.readAll();
    EXPECT_EQ(backup.wait(), 0) << backup.errors();
}

TEST_F(CollectorDeployTest, ABackupOfARunningCollectorIsWhole) {
    Tokens tokens(options_.database.string());
    const auto token = tokens.create({http_server::Scope::admin}, "me").token;
    const Headers me{{"Authorization", "Bearer " + token}};
    const auto copy = directory_ / "backup.db";
    const std::vector<std::string> words{COLLECTOR_PROGRAM,          "backup", "--database",
                                         options_.database.string(), "--to",   copy.string()};
    start();
    EXPECT_EQ(connect().postSpans(oneSpan(), me).status, 200);
    Program backup(directory_, words);
    backup.readAll();
    EXPECT_EQ(backup.wait(), 0) << backup.errors();
    Program again(directory_, words);
    again.readAll();
    EXPECT_EQ(again.wait(), 1);
    EXPECT_THAT(again.errors(), HasSubstr("backup.db exists already"));
    EXPECT_EQ(
        connect().postSpans(boost::json::serialize(boost::json::array{spanJson(2, 1, "b", 0, 1)}), me).status,
        200);
    collector_.reset();
    options_.database = copy;
    start();
    const auto answer = connect().get(fmt::format("/api/v1/traces/{}", traceA), me);
    ASSERT_EQ(answer.status, 200) << "with its tokens";
    EXPECT_EQ(parse(answer).at("spanCount"), 1);
    EXPECT_EQ(connect().postSpans(oneSpan(), me).status, 200) << "and it takes spans";
}

}
}
