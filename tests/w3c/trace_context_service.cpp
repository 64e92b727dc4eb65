// The service that W3C's Trace Context suite tests: for each {"url", "arguments"} in the body of a request it
// posts the arguments to the url, with the headers of a span below the request's.
//
//   trace_context_service recorder    by Recorder; prints its url, and ends with SIGTERM
//   trace_context_service classic     by TraceContext and SpanRecorder

#include <csignal>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sidespan/classic/span_recorder.h>
#include <sidespan/classic/trace_context.h>
#include <sidespan/http_curl/curl_transport.h>
#include <sidespan/sidespan.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <sidespan_http_server/http_server.h>
#include <sidespan_http_server/server_program.h>

namespace {

namespace json = boost::json;
using namespace sidespan::http_server;

using Incoming = std::vector<std::pair<std::string, std::string>>;
using Headers = std::map<std::string, std::string>;
/// Makes the calls that a request asks for, each in a span of its own.
using Serve = std::function<void(const Incoming& incoming, const json::array& calls)>;

void post(const json::value& call, const Headers& headers) {
    const std::string body = json::serialize(call.at("arguments"));
    sidespan::HttpRequest request;
    request.url = std::string(call.at("url").as_string());
    request.headers = {{"Content-Type", "application/json"}};
    for (const auto& [name, value] : headers) request.headers.push_back({name, value});
    request.body = body;
    sidespan::CurlTransport transport({});
    transport.prepare();
    sidespan::Cancellation never;
    const auto answer = transport.send(request, never);
    if (!answer.isSuccess()) throw std::runtime_error(answer.error().message);
}

void serveWithRecorder(sidespan::DefaultRecorder& recorder, const Incoming& incoming,
                       const json::array& calls) {
    const auto remote = recorder.extract(incoming);
    auto served = recorder.span("POST /test", remote);
    for (const auto& call : calls) {
        auto asks = served.child("POST");
        Headers headers;
        recorder.inject(asks, headers);
        post(call, headers);
    }
}

// The classic API takes a map, so headers of one name are joined by commas (RFC 9110, 5.2).
Headers joined(const Incoming& incoming) {
    Headers headers;
    for (const auto& [name, value] : incoming) {
        const auto [at, isNew] = headers.emplace(name, value);
        if (!isNew) at->second += "," + value;
    }
    return headers;
}

void serveClassically(const Incoming& incoming, const json::array& calls) {
    sidespan::SpanRecorder recorder;
    auto context = sidespan::TraceContext::fromHttpHeaders(joined(incoming));
    const auto served = recorder.startSpan("POST /test", context);
    for (const auto& call : calls) {
        const auto asks = recorder.startSpan("POST", context);
        post(call, context.getHttpHeaders());
        recorder.endSpan(asks);
    }
    recorder.endSpan(served);
}

Serve serveBy(std::string_view api) {
    if (api == "classic") return serveClassically;
    if (api != "recorder") throw std::runtime_error("the API must be \"recorder\" or \"classic\"");
    const auto recorder = std::make_shared<sidespan::DefaultRecorder>(
        sidespan::Config{.service = {"trace_context_service"}, .consent = sidespan::Consent::granted});
    return [recorder](const Incoming& incoming, const json::array& calls) {
        serveWithRecorder(*recorder, incoming, calls);
    };
}

/// The server's own trace of a request: none, since the APIs under test make one.
class NoTrace final : public RequestTrace {
public:
    void bodyBegins() override {}
    void bodyEnds(std::size_t) override {}
    void end(ServerResponse&) override {}
};

ServerResponse answer(const Serve& serve, const ServerRequest& request) try {
    serve(request.headers, json::parse(request.body).as_array());
    ServerResponse response;
    response.body = "{}";
    return response;
} catch (const std::exception& error) {
    return errorResponse(boost::beast::http::status::bad_gateway, error.what());
}

Application application(Serve serve) {
    auto handle = [serve = std::move(serve)](ServerRequest request, const Respond& respond) {
        finish(request, respond, answer(serve, request));
    };
    return {{{"POST /test", "/test", posting, Access::everyone, {}, std::move(handle)}},
            [](const ServerRequest&) { return std::make_unique<NoTrace>(); }};
}

}

int main(int count, char** words) try {
    const auto serve = serveBy(count == 2 ? words[1] : "");
    std::signal(SIGPIPE, SIG_IGN);
    EndingSignals ending;
    HttpServer server({.name = "trace_context_service"}, AccessTokens("", std::nullopt));
    server.start(application(serve));
    std::cout << server.url() << "/test" << std::endl;
    ending.wait();
    server.stop();
    return 0;
} catch (const std::exception& error) {
    std::cerr << "trace_context_service: " << error.what() << '\n';
    return 1;
}
