#include <algorithm>
#include <new>
#include <string_view>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/threshold_writer.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/detail/record/span_identity.h>
#include <sidespan/span_view.h>

namespace sidespan::inline v0::detail {
namespace {

std::vector<std::byte> itemOf(std::string_view state) {
    std::vector<std::byte> item(8 + roundUpTo8(state.size()));
    storeAt(item.data(), ItemWord::make(ItemType::traceState, 0, item.size(), state.size()));
    std::ranges::copy(std::as_bytes(std::span(state)), item.begin() + 8);
    return item;
}

}

SIDESPAN_COLD ThresholdWriter::ThresholdWriter(const HeadSampler& sampler, const IdKeys& keys)
    : sampler_(sampler), keys_(keys), item_(itemOf(sampler.recordedState({}, true))) {}

std::span<std::byte> ThresholdWriter::write(std::span<std::byte> records, std::uint64_t count) noexcept try {
    records_.clear();
    records_.reserve(records.size() + static_cast<std::size_t>(count) * item_.size());
    while (!records.empty()) {
        const std::size_t size = wordAt(records.data()).size();
        copy(records.data(), size);
        records = records.subspan(size);
    }
    return records_;
} catch (const std::bad_alloc&) {
    return records;  // only reserve() allocates
}

void ThresholdWriter::copy(const std::byte* record, std::size_t size) {
    const std::size_t at = records_.size();
    const std::byte* const item = item_.data();  // a pointer, so that both inserts are the same code
    records_.insert(records_.end(), record, record + size);
    if (!isDecidedHere(record) || !SpanView(record).traceState().empty()) return;
    const ItemWord word = wordAt(record);
    storeAt(records_.data() + at, word.withSize(size + item_.size()));
    records_.insert(records_.end(), item, item + item_.size());
}

// A sampler that is not parent-based decides for all traces, also those that began elsewhere.
bool ThresholdWriter::isDecidedHere(const std::byte* record) const noexcept {
    if (!sampler_.isParentBased()) return true;
    const auto identity = SpanIdentity::load(record);
    if ((identity.flags & remoteParentFlag) != 0) return false;
    return identity.isOwnTrace() || keys_.isOwn(TraceId(identity.traceHigh, identity.traceLow));
}

}
