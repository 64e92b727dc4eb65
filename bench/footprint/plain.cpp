// A plugin's processing and one operation beside it, without spans.
#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

float gain = 1.0F;

}

EXPORT void prepare(double) {
    gain = 0.5F;
}

EXPORT void process(float* samples, int count) {
    for (int i = 0; i < count; ++i) samples[i] *= gain;
}

EXPORT bool upload(const char* file) {
    return file != nullptr && *file != '\0';
}
