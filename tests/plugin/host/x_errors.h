#pragma once

namespace loopshare::testing {

/// Lets the X server refuse a request without ending the program, which Xlib would do: without a window
/// manager, windows that are asked for something by one get BadAtom.
void forgiveXErrors();

}
