#include "name_lookup.h"

namespace sidespan::inline v0::detail {

std::unique_ptr<NameLookup> makeNameLookup() {
    return makeSystemLookup();
}

}
