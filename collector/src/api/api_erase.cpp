#include <exception>
#include <memory>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/api.h"

namespace sidespan::collector {

namespace {

using http_server::busyResponse;
using http_server::errorResponse;
using http_server::finish;

}

http_server::RouteHandler Api::eraseBy(Erase erase) {
    return [this, erase](ServerRequest request, const Respond& respond) {
        auto shared = std::make_shared<ServerRequest>(std::move(request));
        const bool taken = keeper_.tryPost([this, shared, respond, erase] {
            finish(*shared, respond, answerErase(erase, shared->parameter));
        });
        if (!taken) finish(*shared, respond, busyResponse("too many deletions are waiting"));
    };
}

ServerResponse Api::answerErase(Erase erase, const std::string& whose) try {
    const auto removed = ((*store_).*erase)(whose);
    ServerResponse response;
    response.body =
        boost::json::serialize(boost::json::object{{"traces", removed.traces}, {"spans", removed.spans}});
    return response;
} catch (const StoreUnavailable& error) {
    report(error.what());
    return busyResponse("the database is not available; part of it may be deleted");
} catch (const std::exception& error) {
    report(error.what());
    return errorResponse(boost::beast::http::status::internal_server_error,
                         "not all of it could be deleted; send the request again");
}

}
