# One folder of src/ is one static library and one test program.
#
#   takt_folder(NAME DEPS folder... [LIBS target...])
#
# Sources are all *.cpp beside the CMakeLists.txt; *_test.cpp make takt_NAME_test, whose cases ctest
# runs one by one. DEPS are other folders, LIBS are found packages.
function(takt_folder NAME)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM ARG_DEPS PREPEND takt_)

  if(sources)
    add_library(takt_${NAME} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(takt_${NAME} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(takt_${NAME} ${scope} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(takt_${NAME} ${scope} takt_flags ${ARG_DEPS} ${ARG_LIBS})

  if(TAKT_TESTS AND tests)
    takt_test(takt_${NAME}_test SOURCES ${tests} DEPS ${NAME})
  endif()
endfunction()

# takt_test(TARGET SOURCES file... DEPS folder... [LIBS target...] [LABELS label...])
function(takt_test TARGET)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LIBS;LABELS" ${ARGN})
  list(TRANSFORM ARG_DEPS PREPEND takt_)
  add_executable(${TARGET} ${ARG_SOURCES})
  target_link_libraries(${TARGET} PRIVATE ${ARG_DEPS} ${ARG_LIBS} GTest::gmock GTest::gtest_main
                                          rapidcheck)
  target_compile_definitions(${TARGET} PRIVATE TAKT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${TARGET} DISCOVERY_MODE PRE_TEST
                       PROPERTIES TIMEOUT 120 LABELS "${ARG_LABELS}")
endfunction()
