// The plugin's side: sends with the http sink of a recorder, in the encoding that its target chose.
//
//   plugin <endpoint>            one trace; prints the traceparent that its request would carry
//   plugin <endpoint> <count>    so many spans with everything a span can have, the same in each run
//   plugin <endpoint> rich       the two spans that peers_test.py knows; prints how many were delivered, how
//   many were
//                                rejected, and what was reported

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/propagation/inject.h>
#include <sidespan/sidespan.h>

using namespace std::chrono_literals;

namespace {

using Random = std::mt19937_64;

std::string hostileText(Random& random) {
    static const std::vector<std::string> parts{"loop",
                                                "\"",
                                                "\\",
                                                "\n",
                                                std::string(1, '\0'),
                                                "\x1f",
                                                "\x7f",
                                                "\xf0\x9f\x8e\xb5",
                                                "\xff",
                                                "\xed\xa0\x80",
                                                "\xc3",
                                                "</script>",
                                                "\xe2\x80\xa8",
                                                std::string(300, 'a')};
    std::string text;
    for (auto left = random() % 6; left > 0; --left) text += parts[random() % parts.size()];
    return text;
}

double anyNumber(Random& random) {
    using Limits = std::numeric_limits<double>;
    static const std::vector<double> numbers{0.0,
                                             -0.0,
                                             0.1,
                                             Limits::infinity(),
                                             -Limits::infinity(),
                                             Limits::quiet_NaN(),
                                             Limits::max(),
                                             Limits::denorm_min(),
                                             1e21};
    return numbers[random() % numbers.size()];
}

std::int64_t anyInteger(Random& random) {
    return static_cast<std::int64_t>(random() >> random() % 64);
}

template <class T, class Make>
std::vector<T> several(Random& random, Make&& make) {
    std::vector<T> values;
    for (auto left = random() % 4; left > 0; --left) values.push_back(make(random));
    return values;
}

void fill(sidespan::DefaultRecorder::ScopedSpan& span, const sidespan::SpanContext& other, Random& random) {
    using sidespan::attr;
    span.setKind(static_cast<sidespan::SpanKind>(random() % 5));
    span.set("text", hostileText(random));
    span.set("integer", anyInteger(random));
    span.set("number", anyNumber(random));
    span.set("bool", random() % 2 == 0);
    span.set("texts", several<std::string>(random, hostileText));
    span.set("integers", several<std::int64_t>(random, anyInteger));
    span.set("numbers", several<double>(random, anyNumber));
    span.set("bools", {random() % 2 == 0, true});
    span.event("retry", attr("reason", hostileText(random)), attr("attempt", anyInteger(random)));
    span.link(other, attr("reason", hostileText(random)));
    span.setStatus(static_cast<sidespan::SpanStatus>(random() % 4), hostileText(random));
}

bool recordMany(sidespan::DefaultRecorder& recorder, std::uint64_t count) {
    Random random(1);
    sidespan::SpanContext other;
    for (std::uint64_t i = 0; i < count; ++i) {
        auto span = recorder.span("audio.upload", random() % 2 == 0 ? other : sidespan::SpanContext());
        fill(span, other, random);
        other = span.context();
        if (i % 100 == 99 && !recorder.flush(30s)) return false;
    }
    return true;
}

void recordOne(sidespan::DefaultRecorder& recorder) {
    auto share = recorder.span("loop.share");
    auto post = share.child("network.post");
    post.setKind(sidespan::SpanKind::client);
    sidespan::inject(post.context(), [](std::string_view name, std::string_view value) {
        if (name == "traceparent") std::cout << value << '\n';
    });
}

// What check_rich() of peers_test.py expects, in one request.
void recordRich(sidespan::DefaultRecorder& recorder) {
    using namespace sidespan;
    RemoteContext caller;
    caller.context = {TraceId(0x0102030405060708, 0x090a0b0c0d0e0f10), SpanId(0x1112131415161718),
                      TraceFlags::sampled, true};
    caller.traceState.set("ot", "th:8");
    caller.traceState.set("rojo", "\"1\"");
    const std::chrono::system_clock::time_point start{1'700'000'000s + 123us};
    auto span = recorder.span("audio.upload", caller);
    span.setKind(SpanKind::client);
    span.setStartTime(start);
    span.set("text", "a \"loop\" \xe2\x9c\x93");
    span.set("empty", "");
    span.set("integer", std::int64_t{-9'007'199'254'740'993});
    span.set("number", 0.1);
    span.set("bool", false);
    span.set("texts", std::vector<std::string>{"", "b\n"});
    span.set("integers", std::vector<std::int64_t>{1, -2});
    span.set("numbers", {0.5, -0.25});
    span.set("bools", {true, false});
    span.event("retry", start + 1ms, attr("attempt", 2), attr("reason", "timeout"));
    span.link({TraceId(1, 2), SpanId(3), TraceFlags::sampled}, attr("why", "same file"));
    span.setStatus(SpanStatus::error, "disk is \"full\"");
    span.setEndTime(start + 2ms);
    span.child("network.post").setKind(SpanKind::producer);
}

int deliverRich(sidespan::Config config) {
    config.batch.gzip = true;
    config.resource = {{"deployment.zones", std::vector<std::string>{"a", "b"}}, {"seats", 42}};
    std::string reported;
    config.onError = [&](const sidespan::Error& error) { reported += error.message + ' '; };
    sidespan::DefaultRecorder recorder(config);
    recordRich(recorder);
    if (!recorder.flush(30s)) return 1;
    recorder.shutdown(30s);  // what was rejected is reported by then
    const auto stats = recorder.stats();
    std::cout << stats.delivered << ' ' << stats.dropped[sidespan::DropReason::rejected] << ' ' << reported
              << '\n';
    return stats.isConserved() ? 0 : 1;
}

}

int main(int count, char** words) {
    if (count < 2) return 2;
    const sidespan::Config config{
        .service = {"plugin", "1.2.0"},
        .endpoint = words[1],
        .consent = sidespan::Consent::granted,
        .onError = [](const sidespan::Error& error) { std::cerr << error.message << '\n'; }};
    if (count > 2 && words[2] == std::string_view("rich")) return deliverRich(config);
    sidespan::DefaultRecorder recorder(config);
    if (count > 2) {
        if (!recordMany(recorder, std::strtoull(words[2], nullptr, 10))) return 1;
    } else {
        recordOne(recorder);
    }
    const bool isFlushed = recorder.flush(30s);
    const auto stats = recorder.stats();
    return isFlushed && stats.recorded == stats.delivered ? 0 : 1;
}
