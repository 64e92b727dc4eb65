// Macros of other libraries that may be defined before a public header is included, such as Qt's, X11's,
// Windows's, Apple's and Unreal's. Here each expands to what no compiler takes, so a header that uses such a
// name is refused. No include guard: a second inclusion redefines nothing. NOLINTBEGIN
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define SIDESPAN_FOREIGN sidespan_macro_of_another_library @

// Qt
#define slots SIDESPAN_FOREIGN
#define signals SIDESPAN_FOREIGN
#define emit SIDESPAN_FOREIGN
#define foreach SIDESPAN_FOREIGN
#define forever SIDESPAN_FOREIGN

// X11
#define None SIDESPAN_FOREIGN
#define Bool SIDESPAN_FOREIGN
#define Status SIDESPAN_FOREIGN
#define Success SIDESPAN_FOREIGN
#define Always SIDESPAN_FOREIGN
#define True SIDESPAN_FOREIGN
#define False SIDESPAN_FOREIGN
#define Unsorted SIDESPAN_FOREIGN
#define CursorShape SIDESPAN_FOREIGN
#define KeyPress SIDESPAN_FOREIGN
#define FocusIn SIDESPAN_FOREIGN
#define FocusOut SIDESPAN_FOREIGN
#define Expose SIDESPAN_FOREIGN
#define Above SIDESPAN_FOREIGN
#define Below SIDESPAN_FOREIGN
#define Complex SIDESPAN_FOREIGN
#define Convex SIDESPAN_FOREIGN
#define GrayScale SIDESPAN_FOREIGN
#define BadRequest SIDESPAN_FOREIGN
#define ControlMask SIDESPAN_FOREIGN

// Windows
#define min(a, b) SIDESPAN_FOREIGN
#define max(a, b) SIDESPAN_FOREIGN
#define near SIDESPAN_FOREIGN
#define far SIDESPAN_FOREIGN
#define small SIDESPAN_FOREIGN
#define hyper SIDESPAN_FOREIGN
#define interface SIDESPAN_FOREIGN
#define pascal SIDESPAN_FOREIGN
#define cdecl SIDESPAN_FOREIGN
#define IN SIDESPAN_FOREIGN
#define OUT SIDESPAN_FOREIGN
#define OPTIONAL SIDESPAN_FOREIGN
#define ERROR SIDESPAN_FOREIGN
#define NO_ERROR SIDESPAN_FOREIGN
#define DELETE SIDESPAN_FOREIGN
#define DOMAIN SIDESPAN_FOREIGN
#define OVERFLOW SIDESPAN_FOREIGN
#define UNDERFLOW SIDESPAN_FOREIGN
#define STRICT SIDESPAN_FOREIGN
#define VOID SIDESPAN_FOREIGN
#define CONST SIDESPAN_FOREIGN
#define BOOL SIDESPAN_FOREIGN
#define TRUE SIDESPAN_FOREIGN
#define FALSE SIDESPAN_FOREIGN
#define IGNORE SIDESPAN_FOREIGN
#define ABSOLUTE SIDESPAN_FOREIGN
#define RELATIVE SIDESPAN_FOREIGN
#define OPAQUE SIDESPAN_FOREIGN
#define TRANSPARENT SIDESPAN_FOREIGN
#define CALLBACK SIDESPAN_FOREIGN
#define GetObject SIDESPAN_FOREIGN
#define GetMessage SIDESPAN_FOREIGN
#define SendMessage SIDESPAN_FOREIGN
#define CreateFile SIDESPAN_FOREIGN
#define Yield() SIDESPAN_FOREIGN

// Apple, Unreal and hand-written assertions
#define check(...) SIDESPAN_FOREIGN
#define verify(...) SIDESPAN_FOREIGN
#define require(...) SIDESPAN_FOREIGN
#define ensure(...) SIDESPAN_FOREIGN
#define nil SIDESPAN_FOREIGN
#define Nil SIDESPAN_FOREIGN
#define YES SIDESPAN_FOREIGN
#define NO SIDESPAN_FOREIGN
#define TEXT(x) SIDESPAN_FOREIGN
#define DEBUG SIDESPAN_FOREIGN
#define CHECK(...) SIDESPAN_FOREIGN
#define REQUIRE(...) SIDESPAN_FOREIGN
#define FAIL(...) SIDESPAN_FOREIGN
#define LOG(...) SIDESPAN_FOREIGN

// Unix and C
#define unix SIDESPAN_FOREIGN
#define linux SIDESPAN_FOREIGN
#define major(x) SIDESPAN_FOREIGN
#define minor(x) SIDESPAN_FOREIGN
#define likely(x) SIDESPAN_FOREIGN
#define unlikely(x) SIDESPAN_FOREIGN
#define complex SIDESPAN_FOREIGN
#define I SIDESPAN_FOREIGN
#define MIN(a, b) SIDESPAN_FOREIGN
#define MAX(a, b) SIDESPAN_FOREIGN
// NOLINTEND
