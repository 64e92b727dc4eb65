#include <sidespan/juce/juce_transport.h>

#include "support/http_transport_contract.h"

namespace sidespan::test {

struct MakeJuce {
    // JUCE gives no reason why there is no answer.
    static constexpr auto noHttp = ErrorCode::network;

    static std::unique_ptr<HttpTransport> transport(HttpTransportOptions options) {
        return std::make_unique<JuceTransport>(std::move(options));
    }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Juce, HttpTransportContract, MakeJuce);

}
