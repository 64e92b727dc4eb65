// An encoding of one's own: the http sink posts a line for each span.
#include <chrono>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_batch_sink.h>

class TabSeparated {
public:
    static constexpr std::string_view contentType = "text/tab-separated-values";
    static constexpr std::string_view path = "/spans";   // added to Config::endpoint
    static constexpr std::string_view separator = "\n";  // a comma if there is no such member

    void open(sidespan::TextBuffer& out, const sidespan::Resource&) {
        out.append("span\tstatus\tname\n");
        isFirst_ = true;
    }
    void append(sidespan::TextBuffer& out, sidespan::SpanView span) {
        if (!std::exchange(isFirst_, false)) out.append(separator);
        writeLine(out, span);
    }
    void close(sidespan::TextBuffer& out) { out.append('\n'); }

    // For the file sink, which ends the line.
    void appendObject(sidespan::TextBuffer& out, sidespan::SpanView span, const sidespan::Resource&) {
        writeLine(out, span);
    }

private:
    static void writeLine(sidespan::TextBuffer& out, sidespan::SpanView span) {
        out.append(span.parentSpanId().isValid() ? "part" : "root");
        out.append('\t');
        out.append(toString(span.status()));
        out.append('\t');
        out.append(span.literalName());  // needs no escaping; name() is also a name from run time
    }

    bool isFirst_ = true;
};
static_assert(sidespan::SpanEncoding<TabSeparated>);

int main() {
    using namespace std::chrono_literals;
    sidespan::Config config{.service = {"LoopShare", "1.2.0"}, .consent = sidespan::Consent::granted};
    config.endpoint = "http://127.0.0.1:9";  // nobody listens there
    config.shutdownTimeout = 0ms;
    sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpBatchSink<TabSeparated>, sidespan::SpinLock>
        recorder(config);
    {
        auto upload = recorder.span("audio.upload");
        auto encoding = upload.child("audio.encode");
    }
    std::string body;
    while (body.find("audio.upload") == body.npos) {  // until the drain thread has taken the spans
        std::this_thread::sleep_for(1ms);
        body = recorder.sink().preview();
    }
    std::cout << body;
}
