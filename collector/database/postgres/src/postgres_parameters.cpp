#include <sidespan_postgres/postgres_parameters.h>

#include <stdexcept>
#include <utility>

namespace sidespan::database {

namespace {

void appendBigEndian(std::string& bytes, std::uint64_t value, unsigned size) {
    for (unsigned i = size; i-- > 0;) bytes += static_cast<char>(value >> (8U * i) & 0xffU);
}

void appendSize(std::string& bytes, std::size_t size) {
    appendBigEndian(bytes, size, 4);
}

constexpr std::uint32_t arrayOf(PostgresArray::Type type) {
    switch (type) {
        case PostgresArray::Type::bytea:
            return 1001;
        case PostgresArray::Type::bigint:
            return 1016;
        case PostgresArray::Type::integer:
            return 1007;
        case PostgresArray::Type::text:
            return 1009;
        case PostgresArray::Type::date:
            return 1182;
        case PostgresArray::Type::uuid:
            return 2951;
        case PostgresArray::Type::jsonb:
            break;
    }
    return 3807;
}

}

void PostgresArray::add(std::string_view bytes) {
    const bool isJson = type_ == Type::jsonb;
    appendSize(elements_, bytes.size() + (isJson ? 1 : 0));
    if (isJson) elements_ += '\1';  // the version of jsonb's binary form
    elements_ += bytes;
    ++size_;
}

void PostgresArray::addOptional(std::string_view bytes) {
    if (bytes.empty()) {
        addNull();
    } else {
        add(bytes);
    }
}

void PostgresArray::add(std::int64_t number) {
    const unsigned size = type_ == Type::bigint ? 8 : 4;
    appendSize(elements_, size);
    appendBigEndian(elements_, static_cast<std::uint64_t>(number), size);
    ++size_;
}

void PostgresArray::addNull() {
    appendBigEndian(elements_, ~std::uint64_t{0}, 4);
    hasNull_ = true;
    ++size_;
}

std::string PostgresArray::bytes() const {
    std::string bytes;
    bytes.reserve(20 + elements_.size());
    appendBigEndian(bytes, size_ == 0 ? 0 : 1, 4);  // dimensions
    appendBigEndian(bytes, hasNull_ ? 1 : 0, 4);
    appendBigEndian(bytes, static_cast<std::uint32_t>(type_), 4);
    if (size_ == 0) return bytes;
    appendSize(bytes, size_);
    appendBigEndian(bytes, 1, 4);  // the first index
    return bytes += elements_;
}

PostgresParameters& PostgresParameters::push(std::optional<std::string> value, std::uint32_t type,
                                             bool isBinary) {
    values_.push_back(std::move(value));
    types_.push_back(type);
    formats_.push_back(isBinary ? 1 : 0);
    return *this;
}

PostgresParameters& PostgresParameters::add(std::string_view text) {
    if (text.find('\0') != text.npos) throw std::invalid_argument("PostgreSQL has no text with U+0000 in it");
    return push(std::string(text), 0, false);
}

PostgresParameters& PostgresParameters::add(std::int64_t number) {
    return push(std::to_string(number), 0, false);
}

PostgresParameters& PostgresParameters::add(const PostgresArray& array) {
    return push(array.bytes(), arrayOf(array.type()), true);
}

PostgresParameters& PostgresParameters::addNull() {
    return push(std::nullopt, 0, false);
}

PostgresParameters& PostgresParameters::addOptional(std::string_view text) {
    return text.empty() ? addNull() : add(text);
}

}
