#include "answer.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace sidespan::collector {

Answer errorAnswer(boost::beast::http::status status, std::string_view message) {
    Answer answer;
    answer.status = status;
    answer.body = boost::json::serialize(boost::json::object{{"error", message}});
    return answer;
}

Answer unauthorizedAnswer(std::string_view message) {
    auto answer = errorAnswer(boost::beast::http::status::unauthorized, message);
    answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"sidespan\"");
    return answer;
}

Answer busyAnswer(std::string_view message) {
    auto answer = errorAnswer(boost::beast::http::status::service_unavailable, message);
    answer.headers.emplace_back("Retry-After", "1");
    return answer;
}

}
