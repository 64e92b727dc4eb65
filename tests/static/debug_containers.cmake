# cmake -DROOT=<checkout> -DCOMPILER=<path> -DNM=<path> -DWORK=<folder> -P debug_containers.cmake
#
# A plugin with -D_GLIBCXX_DEBUG and an SDK without it do not know the layout of each other's containers, so the linker must
# refuse them: the one needs a function that the other does not have.
cmake_minimum_required(VERSION 3.24)

file(WRITE "${WORK}/containers.cpp" "#include <sidespan/config.h>
  auto use(sidespan::Config config) { return sidespan::validate(std::move(config)); }\n")
foreach(mode IN ITEMS NDEBUG _GLIBCXX_DEBUG)
  execute_process(COMMAND "${COMPILER}" -std=c++20 -D${mode} "-I${ROOT}/sdk/include" -c "${WORK}/containers.cpp"
    -o "${WORK}/containers.o" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND "${NM}" -u "${WORK}/containers.o" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "[^ \n]*8validate[^\n]*" ${mode} "${symbols}")
  message(STATUS "-D${mode}: ${${mode}}")
endforeach()
if(NOT NDEBUG OR NOT _GLIBCXX_DEBUG OR NDEBUG STREQUAL _GLIBCXX_DEBUG)
  message(FATAL_ERROR "validate() has the same symbol with and without _GLIBCXX_DEBUG")
endif()
