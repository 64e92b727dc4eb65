# cmake -DINPUT=<page.html> -DOUTPUT=<header> -P EmbedPage.cmake
# Writes the page as a C++ string. It is cut into pieces, since compilers bound the length of one literal.
file(READ "${INPUT}" page)
string(FIND "${page}" ")~page~\"" clash)
if(NOT clash EQUAL -1)
  message(FATAL_ERROR "${INPUT} holds the end mark of the literal it is put in: )~page~\"")
endif()
string(LENGTH "${page}" length)
set(literals "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${page}" ${at} 8000 piece)
  string(APPEND literals "\nR\"~page~(${piece})~page~\"")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE "${OUTPUT}" "#pragma once\n\n#include <string_view>\n\nnamespace sidespan::collector {\n\n"
  "inline constexpr std::string_view pageHtml =${literals};\n\n}\n")
