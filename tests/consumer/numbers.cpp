// Numbers that are infinite, NaN, or nearly zero, through the file sink, in a program that a user may have
// compiled with -ffast-math.
#include <sidespan/default_recorder.h>

#include <bit>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

namespace {

// Of bits that the compiler cannot see, since it takes for granted that no number is infinite.
double number(std::uint64_t bits) {
    volatile std::uint64_t hidden = bits;
    return std::bit_cast<double>(std::uint64_t{hidden});
}

std::string readFile(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

bool holds(const std::string& text, const std::string& part) {
    if (text.find(part) != text.npos) return true;
    std::printf("%s is not in\n%s\n", part.c_str(), text.c_str());
    return false;
}

}

int main(int, char** argv) {
    sidespan::Config config;
    config.consent = sidespan::Consent::granted;
    config.file.path = std::string(argv[0]) + ".jsonl";
    std::remove(config.file.path.c_str());
    {
        sidespan::DefaultRecorder recorder(config);
        auto span = recorder.span("numbers");
        span.set("infinity", number(0x7ff0000000000000U));
        span.set("minus", number(0xfff0000000000000U));
        span.set("nan", number(0x7ff8000000000000U));
        span.set("smallest", number(1));
        span.set("zero", number(0x8000000000000000U));
        span.set("tenth", 0.1);
        span.set("third", number(0x3fd5555555555555U));
        span.set("largest", number(0x7fefffffffffffffU));
        const float f = std::bit_cast<float>(static_cast<std::uint32_t>(0x7f800000U));
        span.set("float", f);
    }
    const std::string text = readFile(config.file.path);
    bool isRight = true;
    for (const char* part :
         {R"("infinity":"Infinity")", R"("minus":"-Infinity")", R"("nan":"NaN")", R"("smallest":5e-324)",
          R"("zero":-0.0)", R"("tenth":0.1)", R"("third":0.3333333333333333)",
          R"("largest":1.7976931348623157e+308)", R"("float":"Infinity")"}) {
        isRight = holds(text, part) && isRight;
    }
    return isRight ? 0 : 1;
}
