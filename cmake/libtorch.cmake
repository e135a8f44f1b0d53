# LibTorch's CPU library, one precompiled header for everything that uses it, and the helpers through which the
# trainers and the worker get both.

if(NOT EXISTS ${FARETTO_LIBTORCH}/lib/libtorch_cpu.so)
  message(FATAL_ERROR "There is no LibTorch in ${FARETTO_LIBTORCH}: run scripts/bootstrap, give an own one with "
                      "-DFARETTO_LIBTORCH=PATH, or build without the trainers with -DFARETTO_WITH_LIBTORCH=OFF")
endif()

# libtorch.so itself would pull in the CUDA library; the CPU library needs only CUDA's run-time and profiling ones.
add_library(faretto_libtorch INTERFACE)
target_include_directories(faretto_libtorch SYSTEM INTERFACE
                           ${FARETTO_LIBTORCH}/include ${FARETTO_LIBTORCH}/include/torch/csrc/api/include)
foreach(library libtorch_cpu.so libc10.so libcudart.so.13 libcupti.so.13)
  if(EXISTS ${FARETTO_LIBTORCH}/lib/${library})
    target_link_libraries(faretto_libtorch INTERFACE ${FARETTO_LIBTORCH}/lib/${library})
  endif()
endforeach()
target_link_options(faretto_libtorch INTERFACE -Wl,-rpath,${FARETTO_LIBTORCH}/lib)

# <torch/torch.h> takes 20 s to compile: once, in this target. Every user must have the same compile options as this target.
add_library(faretto_libtorch_header STATIC ${CMAKE_CURRENT_LIST_DIR}/empty.cpp)
target_link_libraries(faretto_libtorch_header PRIVATE faretto_options faretto_libtorch)
target_precompile_headers(faretto_libtorch_header PRIVATE <torch/torch.h>)

# faretto_use_libtorch(TARGET PUBLIC|PRIVATE): LibTorch and its precompiled header for a library or program.
function(faretto_use_libtorch target visibility)
  target_link_libraries(${target} ${visibility} faretto_libtorch)
  faretto_precompile(${target} REUSE_FROM faretto_libtorch_header)
endfunction()

# faretto_torch_test(NAME ...): faretto_test with LibTorch.
function(faretto_torch_test name)
  faretto_test(${name} ${ARGN} OWN_HEADER)
  if(TARGET ${name}_test)
    faretto_use_libtorch(${name}_test PRIVATE)
  endif()
endfunction()
