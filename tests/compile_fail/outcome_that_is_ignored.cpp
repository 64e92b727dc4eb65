// expect: ignoring return(ed)? value
// expect: nodiscard
#include <sidespan/config.h>

void check() {
    sidespan::validate({});
}
