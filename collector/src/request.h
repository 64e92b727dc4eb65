#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "byte_budget.h"
#include "client_report.h"
#include "request_target.h"
#include "request_trace.h"
#include "router.h"

namespace sidespan::collector {

/// What was decided about a request when its head was read.
struct RequestPlan {
    Endpoint endpoint = Endpoint::page;
    std::string parameter;  ///< what stands for `{id}` in the path
    QueryParameters query;
    std::string contentType;  ///< lower case, without parameters
    std::string fileName;     ///< of an upload; may be empty
    std::string bearer;       ///< as it was sent; refreshToken only
    std::string userId;       ///< who is signed in; may be empty
    ClientReport client;      ///< of who posts spans
    bool isGzip = false;
    bool isRecorded = false;    ///< its server spans are stored
    std::size_t bodyLimit = 0;  ///< a body beyond it is refused
};

/// A whole request, on its way through the collector.
struct Request {
    RequestPlan plan;
    std::string body;
    ByteBudget::Reservation reservation;  ///< what the body and all made from it takes
    RequestTrace trace;
};

}
