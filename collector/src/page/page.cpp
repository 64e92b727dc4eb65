#include "page/page.h"

#include <string_view>

#include <fmt/format.h>

#include "fleet_page_html.h"
#include "store/row_ids.h"
#include "traces_page_html.h"

namespace sidespan::collector {

namespace {

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

http_server::ServerResponse pageResponse(std::string_view html) {
    auto nonce = newTraceId().toHex();
    http_server::ServerResponse response;
    response.contentType = "text/html; charset=utf-8";
    response.body = html;
    replaceAll(response.body, "{{nonce}}", nonce);
    response.headers.emplace_back(
        "Content-Security-Policy",
        fmt::format("default-src 'none'; script-src 'nonce-{0}'; style-src 'nonce-{0}'; img-src data:; "
                    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                    nonce));
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    return response;
}

}

http_server::ServerResponse tracesPage() {
    return pageResponse(tracesPageHtml);
}

http_server::ServerResponse fleetPage() {
    return pageResponse(fleetPageHtml);
}

}
