#include "query/client_json.h"

#include <sidespan/json/parse_json.h>
#include <sidespan_database/time_text.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace sidespan::collector {

namespace {

boost::json::value textOrNull(const std::string& text) {
    return text.empty() ? boost::json::value() : boost::json::value(text);
}

boost::json::object clientJson(const StoredClient& client) {
    return {{"instance", client.instance},
            {"installation", textOrNull(client.installation)},
            {"clientType", client.clientType},
            {"clientVersion", client.clientVersion},
            {"serviceName", textOrNull(client.serviceName)},
            {"userId", textOrNull(client.userId)},
            {"firstSeen", database::timeText(client.firstSeenUnixMs)},
            {"lastSeen", database::timeText(client.lastSeenUnixMs)},
            {"batches", client.batches},
            {"accepted", client.accepted},
            {"lostTotal", client.lostTotal},
            {"lost", parseJson(client.lost)}};
}

}

std::string toJson(const std::vector<StoredClient>& clients) {
    boost::json::array list;
    for (const auto& client : clients) list.push_back(clientJson(client));
    return boost::json::serialize(boost::json::object{{"clients", std::move(list)}});
}

}
