# cmake -DROOT=<checkout> -DNAME=<example> [-DPROGRAM=<built>] -P quoted.cmake
#
# The guides quote examples/<NAME>.cpp to the letter, once, and what it prints, once.
cmake_minimum_required(VERSION 3.24)

file(GLOB guides "${ROOT}/docs/*.md")
set(text "")
foreach(guide IN LISTS guides)
  file(READ "${guide}" page)
  string(APPEND text "${page}")
endforeach()

# expect_block(<the comment before it> <language> <content>)
function(expect_block comment language content)
  string(FIND "${text}" "${comment}\n```${language}\n" begin)
  if(begin EQUAL -1)
    message(FATAL_ERROR "no page of docs/ has \"${comment}\" before a ${language} block")
  endif()
  string(LENGTH "${comment}\n```${language}\n" head)
  math(EXPR begin "${begin} + ${head}")
  string(SUBSTRING "${text}" ${begin} -1 rest)
  string(FIND "${rest}" "```\n" end)
  string(SUBSTRING "${rest}" 0 ${end} shown)
  if(NOT shown STREQUAL content)
    message(FATAL_ERROR "the block after \"${comment}\" is\n${shown}\nand should be\n${content}")
  endif()
endfunction()

file(READ "${ROOT}/examples/${NAME}.cpp" program)
expect_block("<!-- examples/${NAME}.cpp -->" cpp "${program}")
if(PROGRAM)
  execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
  expect_block("<!-- output of ${NAME} -->" text "${output}")
endif()
