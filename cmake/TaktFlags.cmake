# One INTERFACE target carries every flag; presets choose among them by cache variables.
#   TAKT_SANITIZE  address,undefined | thread | fuzzer,address,undefined
#   TAKT_WERROR    warnings are errors (presets set it; a packager's build does not)
set(TAKT_SANITIZE "" CACHE STRING "sanitizers, as for -fsanitize=")
option(TAKT_WERROR "warnings are errors" OFF)
option(TAKT_BENCH "build the benchmarks" OFF)
option(TAKT_FUZZ "build the fuzz targets (clang)" OFF)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

add_library(takt_flags INTERFACE)
target_compile_options(takt_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
                                            -Woverloaded-virtual -Wno-missing-field-initializers)
# gcc 12 sees overlapping copies in every "text" + std::string at -O2 (its bug 105651).
target_compile_options(takt_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(TAKT_WERROR)
  target_compile_options(takt_flags INTERFACE -Werror)
endif()
if(TAKT_SANITIZE)
  target_compile_options(takt_flags INTERFACE -fsanitize=${TAKT_SANITIZE} -fno-omit-frame-pointer
                                              -fno-sanitize-recover=all)
  target_link_options(takt_flags INTERFACE -fsanitize=${TAKT_SANITIZE})
  if(TAKT_SANITIZE MATCHES "thread")
    # Asio's atomic_thread_fence is beyond what ThreadSanitizer follows; gcc warns of each.
    target_compile_options(takt_flags INTERFACE -Wno-tsan)
  endif()
  # gcc's flow analysis sees ghosts through the sanitizers' instrumentation.
  target_compile_options(takt_flags INTERFACE -Wno-maybe-uninitialized)
endif()
if(TAKT_FUZZ)
  target_compile_options(takt_flags INTERFACE -fsanitize=fuzzer-no-link)  # coverage everywhere
endif()
target_compile_definitions(takt_flags INTERFACE TAKT_VERSION="${PROJECT_VERSION}"
                                                BOOST_ASIO_SEPARATE_COMPILATION
                                                BOOST_BEAST_SEPARATE_COMPILATION
                                                BOOST_ASIO_NO_DEPRECATED)
