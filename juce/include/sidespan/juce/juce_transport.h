#pragma once

#include <memory>

#include <sidespan/http_transport/http_transport.h>

namespace sidespan::inline v0 {

/// HttpTransport over juce::WebInputStream, which on macOS and Windows is the system's own HTTP: NSURLSession
/// and WinINet, with the system's certificates and proxies. `-DSIDESPAN_HTTP_TRANSPORT=juce` makes it what
/// NetworkClient sends with. On Linux prefer CurlTransport.
///
/// Keeps the contract of HttpTransport within what JUCE can do:
/// - It takes neither `caFile` nor `proxy`: a request fails with `invalidConfig` when one is set. The
/// system's
///   settings apply; on Linux those are the environment's (`http_proxy`).
/// - On Linux with JUCE_USE_CURL=0 there is no TLS, and JUCE puts two bytes too many before a body
///   (its issue 1352): https and bodies fail with `invalidConfig`. With JUCE_USE_CURL=1 a request takes about
///   100 ms, JUCE waits with select(), so a host with more than 1024 open files must not use it, and before
///   7.0.7 the first header of an answer is lost.
/// - Connections are kept open only where the system does so, which is not on Linux.
/// - The body of the request is copied. One without a content type is sent as a form's.
/// - A connection that is refused, a name that does not exist and a certificate that is not trusted are one
///   and the same `network` error: JUCE does not tell.
/// - An answer shorter than its Content-Length is a `network` error, which JUCE passes over. One without a
///   length (chunked) that breaks off cannot be told from a whole one.
/// - Without a body to send, JUCE tells that it is connected only with JUCE_USE_CURL=0 on Linux; elsewhere
///   `idleTimeout` stands for `connectTimeout`. An answer counts as moving with every 4 KiB.
/// - Repeated headers of an answer arrive as one, joined by commas.
///
/// No call of JUCE's is made on the thread that calls send(): each exchange has a thread of its own, with
/// signals blocked (SIGPIPE would end the host), which is given up when JUCE does not return in time, for
/// instance from a name server that is silent. Such a thread is waited for by the next send(); when the
/// transport is destroyed meanwhile, the binary this is linked into stays loaded until the process ends.
class JuceTransport final : public HttpTransport {
public:
    explicit JuceTransport(HttpTransportOptions options = {});
    ~JuceTransport() override;
    JuceTransport(const JuceTransport&) = delete;
    JuceTransport& operator=(const JuceTransport&) = delete;

    [[nodiscard]] Outcome<HttpResponse> send(const HttpRequest& request, Cancellation& cancellation) override;

private:
    class Run;

    HttpTransportOptions options_;
    std::unique_ptr<Run> stuck_;  // an exchange that was given up and has not returned
};

}
