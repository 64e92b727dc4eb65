#include "batch.h"

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {
namespace {

SIDESPAN_COLD std::unique_ptr<Batch> makePart(const Batch& whole, unsigned number, std::size_t from,
                                              std::size_t to) {
    auto part = std::make_unique<Batch>();
    part->id = whole.id.part(number);
    part->contentType = whole.contentType;
    part->path = whole.path;
    part->isOtlp = whole.isOtlp;
    part->consentEpoch = whole.consentEpoch;
    part->generation = whole.generation;
    part->made = whole.made;
    part->begun = whole.begun;
    part->asleep = whole.asleep;
    part->sequence = whole.sequence;
    part->isRecovered = whole.isRecovered;

    const auto text = whole.body.view();
    part->head = whole.head;
    part->body.append(text.substr(0, whole.head));
    for (std::size_t i = from; i < to; ++i) {
        const std::size_t begin = i == 0 ? whole.head : whole.spanEnds[i - 1];
        auto span = text.substr(begin, whole.spanEnds[i] - begin);
        if (i == from && span.starts_with(',')) span.remove_prefix(1);
        part->body.append(span);
        part->spanEnds.push_back(static_cast<std::uint32_t>(part->body.size()));
    }
    part->fixLengths = whole.fixLengths;
    part->endBody(text.substr(whole.spanEnds.back()));
    part->bodyBytes = part->body.size();
    return part;
}

}

void Batch::endBody(std::string_view tail) {
    body.append(tail);
    if (fixLengths != nullptr) fixLengths(body.reserve(0) - body.size(), body.size());
}

SIDESPAN_COLD void Batch::clear() noexcept {
    TextBuffer keptBody = std::move(body);
    std::vector<std::uint32_t> keptEnds = std::move(spanEnds);
    keptBody.clear();
    keptEnds.clear();
    *this = Batch();
    body = std::move(keptBody);
    spanEnds = std::move(keptEnds);
}

SIDESPAN_COLD void Batch::fit() {
    if (body.size() > body.capacity() / 2) return;
    TextBuffer fitted;
    fitted.append(body.view());
    body = std::move(fitted);
    spanEnds.shrink_to_fit();
}

std::pair<std::unique_ptr<Batch>, std::unique_ptr<Batch>> split(const Batch& batch) {
    const std::size_t middle = batch.spanCount() / 2;
    return {makePart(batch, 0, 0, middle), makePart(batch, 1, middle, batch.spanCount())};
}

}
