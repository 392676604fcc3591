#ifndef BITGROVE_TESTS_FUZZ_H
#define BITGROVE_TESTS_FUZZ_H

/*
 * One function a format: reads any bytes and checks what it promises of the
 * result, aborting when a promise is broken. test-mutate.c runs them in
 * `make check`; with --enable-fuzzing each becomes a libFuzzer program.
 */

#include <stddef.h>
#include <stdint.h>

int fuzz_idx(const uint8_t *bytes, size_t n);
int fuzz_npy(const uint8_t *bytes, size_t n);
int fuzz_matrix(const uint8_t *bytes, size_t n);
int fuzz_safetensors(const uint8_t *bytes, size_t n);
int fuzz_pth(const uint8_t *bytes, size_t n);
int fuzz_onnx(const uint8_t *bytes, size_t n);
int fuzz_cifar(const uint8_t *bytes, size_t n);
int fuzz_tsv(const uint8_t *bytes, size_t n);
int fuzz_picture(const uint8_t *bytes, size_t n);
int fuzz_listing(const uint8_t *bytes, size_t n);
int fuzz_pnm(const uint8_t *bytes, size_t n);

/* The bytes as a file: its path, until the next call. Aborts on failure. */
const char *fuzz_file(const uint8_t *bytes, size_t n);

/* Aborts with the place unless the promise holds. */
#define FUZZ_PROMISE(holds) fuzz_promise((holds), #holds, __FILE__, __LINE__)
void fuzz_promise(int holds, const char *what, const char *file, int line);

/* Calls that took the bytes as good since the start, for tests of the test. */
extern unsigned long fuzz_taken;

#endif
