// expect: SpanEncoding
#include <sidespan/file_sink.h>

struct Format {};

sidespan::FileSink<Format>* sink;
