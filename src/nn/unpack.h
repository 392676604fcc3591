#ifndef BITGROVE_NN_UNPACK_H
#define BITGROVE_NN_UNPACK_H

/*
 * Numbers as files hold them, to floats: half precision by the processor's own
 * instructions where it has them. All sets give the same bits (base/half.h),
 * and so does the order of the calls. Inputs may lie at any alignment. Pure
 * functions: any thread.
 */

#include <stddef.h>

enum unpack_type { UNPACK_F16, UNPACK_F32, UNPACK_F64 };

/* Bytes of a number. */
size_t unpack_size(enum unpack_type type);

/* out (n) = the n numbers at in. */
void unpack(enum unpack_type type, float *out, const void *in, size_t n);

/* One way to convert halves; each set of instructions has one. */
typedef void unpack_halves(float *out, const void *in, size_t n);
unpack_halves unpack_avx512, unpack_f16c, unpack_portable;

/* Way number i that this processor has, best first, or NULL: for tests. */
unpack_halves *unpack_at(int i);

#endif
