# One helper declares every target, so that warnings, include paths and the allowed arrows come from one place.

find_program(FARETTO_MOLD mold)

# The oldest processors that the programs run on. AVX2 and FMA halve the time of a suggestion of `bo`. One set for all
# units, since inline functions of Eigen must not exist for several.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(FARETTO_ARCH x86-64-v3 CACHE STRING "x86-64-v3 (Intel since 2013, AMD since 2015) or x86-64 (any)")
endif()

add_library(faretto_options INTERFACE)
target_compile_features(faretto_options INTERFACE cxx_std_20)
target_compile_options(faretto_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -Werror=return-type
                       -fno-omit-frame-pointer -ffp-contract=off)
if(FARETTO_ARCH)
  target_compile_options(faretto_options INTERFACE -march=${FARETTO_ARCH})
endif()
target_include_directories(faretto_options INTERFACE ${PROJECT_SOURCE_DIR})
if(FARETTO_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_link_options(faretto_options INTERFACE -fuse-ld=mold)
endif()
if(FARETTO_SANITIZE)
  target_compile_options(faretto_options INTERFACE -fsanitize=${FARETTO_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(faretto_options INTERFACE -fsanitize=${FARETTO_SANITIZE})
endif()

# A sixth of the time of large units and half of that of small ones goes into the same few headers: compiled once for
# libraries, once for tests. A unit still includes what it uses; -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without.
function(faretto_precompile target)
  target_precompile_headers(${target} ${ARGN})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Lets ccache see what a unit takes from the precompiled header.
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
endfunction()
set(faretto_common_headers <algorithm> <cmath> <filesystem> <functional> <map> <memory> <optional> <set> <string> <vector> <nlohmann/json.hpp>)
foreach(kind library test)
  add_library(faretto_${kind}_header STATIC ${CMAKE_CURRENT_LIST_DIR}/empty.cpp)
  target_link_libraries(faretto_${kind}_header PRIVATE faretto_options)
endforeach()
target_link_libraries(faretto_test_header PRIVATE GTest::gmock)
faretto_precompile(faretto_library_header PRIVATE ${faretto_common_headers})
faretto_precompile(faretto_test_header PRIVATE ${faretto_common_headers} <gmock/gmock.h> <gtest/gtest.h>)

# The table of folders: sets FARETTO_FOLDERS, in order, FARETTO_KNOWS_<folder>, and FARETTO_NEEDS_LIBTORCH_<folder>.
set(FARETTO_LINKS ${CMAKE_CURRENT_LIST_DIR}/links.txt)
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${FARETTO_LINKS})
file(STRINGS ${FARETTO_LINKS} rows REGEX "^[a-z]")
set(FARETTO_FOLDERS)
foreach(row IN LISTS rows)
  string(REGEX MATCH "^([a-z_/]+):(.*)$" matched "${row}")
  set(folder ${CMAKE_MATCH_1})
  string(STRIP "${CMAKE_MATCH_2}" known)
  string(REPLACE " " ";" known "${known}")
  set(FARETTO_NEEDS_LIBTORCH_${folder} OFF)
  foreach(other IN LISTS known)
    if(other STREQUAL libtorch OR FARETTO_NEEDS_LIBTORCH_${other})
      set(FARETTO_NEEDS_LIBTORCH_${folder} ON)
    elseif(NOT other IN_LIST FARETTO_FOLDERS)
      message(FATAL_ERROR "cmake/links.txt: ${folder} names ${other}, which stands in no row above it")
    endif()
  endforeach()
  set(FARETTO_KNOWS_${folder} ${known})
  list(APPEND FARETTO_FOLDERS ${folder})
endforeach()

# The name of a folder's library: scheduler/service is scheduler_service.
function(faretto_target_of folder result)
  string(REPLACE "/" "_" target ${folder})
  set(${result} ${target} PARENT_SCOPE)
endfunction()

# faretto_library([LINK package...] [OWN_HEADER]): the library of this folder, from every *.cpp in it except main.cpp. It links
# the folders that its row of cmake/links.txt names; LINK are outside packages. OWN_HEADER: it precompiles others than the
# usual headers, or none.
function(faretto_library)
  cmake_parse_arguments(ARG "OWN_HEADER" "" "LINK" ${ARGN})
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  faretto_target_of(${folder} name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC faretto_options ${ARG_LINK})
  foreach(known IN LISTS FARETTO_KNOWS_${folder})
    if(known STREQUAL libtorch)
      faretto_use_libtorch(${name} PUBLIC)
      set(ARG_OWN_HEADER ON)
    else()
      faretto_target_of(${known} target)
      target_link_libraries(${name} PUBLIC ${target})
    endif()
  endforeach()
  if(NOT ARG_OWN_HEADER)
    faretto_precompile(${name} REUSE_FROM faretto_library_header)
  endif()
endfunction()

# faretto_test(NAME [DEPS layer...] [LABELS label...] [TIMEOUT s] [OWN_HEADER]): one GoogleTest program from every *_test.cpp
# in this folder; CTest sees each test by itself.
function(faretto_test name)
  cmake_parse_arguments(ARG "OWN_HEADER" "TIMEOUT" "DEPS;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  # The only unit that knows where the tree lies: the others come out of ccache wherever it does.
  set(places ${PROJECT_SOURCE_DIR}/tests/source_folder.cpp)
  set_source_files_properties(${places} PROPERTIES SKIP_PRECOMPILE_HEADERS ON
                              COMPILE_DEFINITIONS FARETTO_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_executable(${name}_test ${sources} ${places})
  target_link_libraries(${name}_test PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(NOT ARG_OWN_HEADER)
    faretto_precompile(${name}_test REUSE_FROM faretto_test_header)
  endif()
  set(environment)
  if(FARETTO_SANITIZE MATCHES "thread")
    set(environment ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp")
  endif()
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60 PROPERTIES LABELS "${name};${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
                       ${environment})
endfunction()
