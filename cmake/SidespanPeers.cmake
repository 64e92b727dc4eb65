# sidespan_find_opentelemetry_cpp(): sets opentelemetry-cpp_FOUND. Its package file looks for gRPC, which looks for re2 by
# pkg-config, which takes minutes; nothing of ours links either.
macro(sidespan_find_opentelemetry_cpp)
  set(re2_FOUND ON)
  find_package(opentelemetry-cpp CONFIG QUIET)
endmacro()
