// Owns the precompiled header of everything that uses LibTorch (libtorch.cmake).
