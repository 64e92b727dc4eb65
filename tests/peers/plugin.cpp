// The plugin's side: sends with the http sink of a recorder, in the encoding that its target chose.
//
//   plugin <endpoint>            one trace; prints the traceparent that its request would carry
//   plugin <endpoint> <count>    so many spans with everything a span can have, the same in each run

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>
#include <string>
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

}

int main(int count, char** words) {
    if (count < 2) return 2;
    sidespan::DefaultRecorder recorder(
        {.service = {"plugin", "1.2.0"},
         .endpoint = words[1],
         .consent = sidespan::Consent::granted,
         .onError = [](const sidespan::Error& error) { std::cerr << error.message << '\n'; }});
    if (count > 2) {
        if (!recordMany(recorder, std::strtoull(words[2], nullptr, 10))) return 1;
    } else {
        recordOne(recorder);
    }
    const bool isFlushed = recorder.flush(30s);
    const auto stats = recorder.stats();
    return isFlushed && stats.recorded == stats.delivered ? 0 : 1;
}
