// expect: LineEncoding
#include <sidespan/sink_file/file_sink.h>

struct Format {};

sidespan::FileSink<Format>* sink;
