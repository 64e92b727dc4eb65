# cmake -DROOT=<checkout> -P removed_names.cmake
#
# Names that newer releases of what we build on have dropped, as vcpkg, Homebrew and new distributions bring them, are not
# used: each stands here with what takes its place.
cmake_minimum_required(VERSION 3.24)

set(names "boost::json::error_code" "bj::error_code" "uuid\\.data[^(a-zA-Z_]")
set(instead_of_0 "boost::system::error_code (Boost 1.87)")
set(instead_of_1 "boost::system::error_code (Boost 1.87)")
set(instead_of_2 "uuid.begin(), since data is no array (Boost 1.86)")

set(problems "")
foreach(room IN ITEMS sdk encodings network sinks classic juce collector samples)
  file(GLOB_RECURSE files LIST_DIRECTORIES OFF "${ROOT}/${room}/*.h" "${ROOT}/${room}/*.cpp")
  foreach(file IN LISTS files)
    file(READ "${file}" text)
    foreach(number RANGE 2)
      list(GET names ${number} name)
      if(text MATCHES "${name}")
        string(APPEND problems "\n  ${file}: \"${CMAKE_MATCH_0}\" is to be ${instead_of_${number}}")
      endif()
    endforeach()
  endforeach()
endforeach()
if(problems)
  message(FATAL_ERROR "names that newer libraries lack:${problems}")
endif()
