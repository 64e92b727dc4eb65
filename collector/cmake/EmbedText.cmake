# cmake -DINPUT=<file> -DNAME=<variable> -DOUTPUT=<header> -P EmbedText.cmake
# Writes a text file as a C++ string, with the text of other files in place of {{include <file>}}. It is cut into
# pieces, since compilers bound the length of one literal; that of all of them together is above what the standard demands.
file(READ "${INPUT}" text)
get_filename_component(folder "${INPUT}" DIRECTORY)
while(text MATCHES "{{include ([^}\n]+)}}\n")
  set(line "${CMAKE_MATCH_0}")
  file(READ "${folder}/${CMAKE_MATCH_1}" part)
  string(REPLACE "${line}" "${part}" text "${text}")
endwhile()
string(FIND "${text}" ")~text~\"" clash)
if(NOT clash EQUAL -1)
  message(FATAL_ERROR "${INPUT} holds the end mark of the literal it is put in: )~text~\"")
endif()
string(LENGTH "${text}" length)
set(literals "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 piece)
  string(APPEND literals "\nR\"~text~(${piece})~text~\"")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE "${OUTPUT}" "#pragma once\n\n#include <string_view>\n\nnamespace sidespan::collector {\n\n"
  "#ifdef __GNUC__\n#pragma GCC diagnostic push\n#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#endif\n"
  "inline constexpr std::string_view ${NAME} =${literals};\n"
  "#ifdef __GNUC__\n#pragma GCC diagnostic pop\n#endif\n\n}\n")
