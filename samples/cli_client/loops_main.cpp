// Lists the loops that were shared with Loop Share's backend, or shares one: a traced command-line program.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/json/parse_json.h>
#include <sidespan/network/network_client.h>
#include <sidespan/sidespan.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

using namespace std::chrono_literals;

namespace {

using Headers = std::map<std::string, std::string>;

constexpr std::size_t mostBytes = 64U << 20U;  // of a loop, for the backend

constexpr std::string_view help = R"(usage: loops list | loops share FILE

Environment variables:
  LOOP_SERVICE    the backend; http://127.0.0.1:8090 if it is not set
  LOOP_TOKEN      a bearer token for the backend
  LOOP_TELEMETRY  the collector, such as http://127.0.0.1:8080; nothing is recorded if it is not set
  TRACEPARENT     the trace to continue, in the form of the traceparent header
)";

std::string environment(const char* name, const char* otherwise = "") {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    return value == nullptr ? otherwise : value;
}

// The text without control characters, which a terminal would obey: it may be, or quote, what a server sent.
std::string printable(std::string text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool isC1 = byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (isC1) text.erase(i, 1);
        if (isC1 || byte < 0x20 || byte == 0x7F) text[i] = '?';
    }
    return text;
}

// Whoever sets LOOP_TELEMETRY agrees to be recorded.
sidespan::Config telemetryConfig() {
    sidespan::Config config;
    config.service = {"loops", "0.1.0"};
    config.clientType = sidespan::ClientType::cli;
    config.endpoint = environment("LOOP_TELEMETRY");
    if (config.endpoint.empty()) config.endpoint = "http://127.0.0.1:8080";  // never used
    config.consent =
        environment("LOOP_TELEMETRY").empty() ? sidespan::Consent::denied : sidespan::Consent::granted;
    config.onError = [](const sidespan::Error& error) {
        std::cerr << "loops: telemetry: " << printable(error.message) << '\n';
    };
    return config;
}

sidespan::Config serviceConfig() {
    sidespan::Config config;
    config.endpoint = environment("LOOP_SERVICE", "http://127.0.0.1:8090");
    config.token = environment("LOOP_TOKEN");
    config.consent = sidespan::Consent::granted;  // these requests are what the user asked for
    config.retry = {.maxAttempts = 2, .initialBackoff = 200ms};
    return config;
}

std::string percentEncoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        encoded += {'%', digits[byte / 16], digits[byte % 16]};
    }
    return encoded;
}

[[noreturn]] void refuseAnswer(std::string_view lacks) {
    throw std::runtime_error("the server is not Loop Share's backend: its answer has no " +
                             std::string(lacks));
}

std::string textOf(const boost::json::value& answer, std::string_view member) {
    const auto* const object = answer.if_object();
    const auto* const found = object == nullptr ? nullptr : object->if_contains(member);
    if (found == nullptr || !found->is_string()) refuseAnswer(member);
    return printable(std::string(found->get_string()));
}

// Throws if it cannot be read as a whole, or if the backend would refuse it for its size.
std::string contentOf(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string content;
    std::vector<char> part(1U << 20U);
    while (content.size() <= mostBytes && file.read(part.data(), static_cast<std::streamsize>(part.size())))
        content.append(part.begin(), part.end());
    content.append(part.data(), static_cast<std::size_t>(file.gcount()));
    if (content.size() > mostBytes) throw std::runtime_error(path + " is larger than 64 MiB");
    if (file.bad() || content.empty()) throw std::runtime_error(path + " cannot be read, or is empty");
    return content;
}

// Its destructor gives the spans a second to arrive (Config::shutdownTimeout).
class Loops {
public:
    void list() {
        auto command = recorder_.span("loops.list", caller_);
        const auto answer = request(command, "/api/v1/audio/loops");
        const auto* const object = answer.if_object();
        const auto* const loops = object == nullptr ? nullptr : object->if_contains("loops");
        if (loops == nullptr || !loops->is_array()) refuseAnswer("loops");
        for (const auto& loop : loops->get_array())
            std::cout << textOf(loop, "id") << "  " << textOf(loop, "name") << '\n';
    }

    void share(const std::string& path) {
        auto command = recorder_.span("loops.share", caller_);
        const auto audio = contentOf(path);
        command.set("audio.bytes", static_cast<std::int64_t>(audio.size()));
        const auto name = std::filesystem::path(path).filename().string();
        const Headers headers{{"Content-Type", "application/octet-stream"},
                              {"X-File-Name", percentEncoded(name)}};
        std::cout << textOf(request(command, "/api/v1/audio/upload", headers, audio), "id") << '\n';
    }

private:
    // Sends a GET, or a POST if there is a body, in its own span, the parent of the server's span.
    boost::json::value request(const auto& command, std::string path, Headers headers = {},
                               std::string body = {}) {
        auto span = command.child(body.empty() ? sidespan::Literal("network.get")
                                               : sidespan::Literal("network.post"));
        span.setKind(sidespan::SpanKind::client);
        span.set("url.path", path);
        recorder_.inject(span, headers, &caller_);
        std::promise<sidespan::Outcome<sidespan::HttpResponse>> answered;
        const auto answer = [&](const auto& outcome) { answered.set_value(outcome); };
        body.empty() ? client_.get(std::move(path), std::move(headers), answer)
                     : client_.post(std::move(path), std::move(body), std::move(headers), answer);
        const auto outcome = answered.get_future().get();
        if (!outcome) throw std::runtime_error(outcome.error().message);
        span.set("http.response.status_code", outcome.value().status);
        return sidespan::parseJson(outcome.value().body);
    }

    sidespan::DefaultRecorder recorder_{telemetryConfig()};
    sidespan::NetworkClient client_{serviceConfig()};
    sidespan::RemoteContext caller_ = recorder_.extract(Headers{{"traceparent", environment("TRACEPARENT")}});
};

bool run(Loops& loops, const std::vector<std::string>& words) try {
    words.size() == 1 ? loops.list() : loops.share(words[1]);
    if (!std::cout.flush()) throw std::runtime_error("the output cannot be written");
    return true;
} catch (const std::exception& error) {  // the spans that it left have failed
    std::cerr << "loops: " << printable(error.what()) << '\n';
    return false;
}

}

int main(int count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    const bool isList = words == std::vector<std::string>{"list"};
    if (!isList && (words.size() != 2 || words[0] != "share")) {
        std::cerr << help;
        return 2;
    }
    Loops loops;
    return run(loops, words) ? 0 : 1;
}
