#ifndef BITGROVE_NN_VEC_H
#define BITGROVE_NN_VEC_H

/*
 * Vectors of floats for loops that are compiled once for every instruction
 * set: included by their *-loops.h, once a file, after these were defined:
 *     VEC_NAME    suffix and name of the set
 *     VEC_TARGET  the function attribute that selects the instructions
 *     VEC_LANES   floats in a vector register: 16, 8 or 4
 */

#include <stdint.h>

#define JOIN_(a, b) a##_##b
#define JOIN(a, b)  JOIN_(a, b)
#define STRING_(a)  #a
#define STRING(a)   STRING_(a)
#define FN(name)    JOIN(name, VEC_NAME)
#define W           VEC_LANES
#define UNROLL      _Pragma("GCC unroll 64")
#define INLINE      static inline __attribute__((always_inline)) VEC_TARGET

typedef float vec __attribute__((vector_size(W * 4)));
typedef float vec_any
    __attribute__((vector_size(W * 4), aligned(4), may_alias));
typedef int32_t mask __attribute__((vector_size(W * 4)));

INLINE vec load(const float *p)
{
    return *(const vec_any *)p;
}

INLINE void store(float *p, vec v)
{
    *(vec_any *)p = v;
}

INLINE vec choose(mask where, vec yes, vec no)
{
    return (vec)((where & (mask)yes) | (~where & (mask)no));
}

INLINE vec positive(vec v)
{
    mask keep = v > 0;

    return (vec)((mask)v & keep);
}

#endif
