#include "page.h"

#include <string_view>

#include <fmt/format.h>

#include "ids.h"
#include "page_html.h"

namespace sidespan::collector {

namespace {

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

}

Answer pageAnswer() {
    auto nonce = newTraceId().toHex();
    Answer answer;
    answer.contentType = "text/html; charset=utf-8";
    answer.body = pageHtml;
    replaceAll(answer.body, "{{nonce}}", nonce);
    answer.headers.emplace_back(
        "Content-Security-Policy",
        fmt::format("default-src 'none'; script-src 'nonce-{0}'; style-src 'nonce-{0}'; img-src data:; "
                    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                    nonce));
    answer.headers.emplace_back("Referrer-Policy", "no-referrer");
    return answer;
}

}
