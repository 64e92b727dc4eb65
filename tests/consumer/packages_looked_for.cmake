# Handed to a configuration as CMAKE_PROJECT_TOP_LEVEL_INCLUDES: writes the name of every package that is looked for,
# found or not, into packages.txt of the build folder.
macro(sidespan_note_package method name)
  file(APPEND "${CMAKE_BINARY_DIR}/packages.txt" "${name}\n")
endmacro()

file(WRITE "${CMAKE_BINARY_DIR}/packages.txt" "")
cmake_language(SET_DEPENDENCY_PROVIDER sidespan_note_package SUPPORTED_METHODS FIND_PACKAGE)
