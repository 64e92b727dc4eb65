#include "trace_headers.h"

namespace sidespan::http_server {

RemoteContext readTraceHeaders(const boost::beast::http::fields& fields) {
    HeaderReader reader;
    for (const auto& field : fields) {
        auto name = field.name_string();
        auto value = field.value();
        reader.add({name.data(), name.size()}, {value.data(), value.size()});
    }
    return reader.finish();
}

}
