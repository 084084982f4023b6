// The loops of exp and log over blocks, for one QUID_WIDTH; see lanes.h.
#include "lanes.h"

#include "kernels.h"

// What is left behind the last whole vector takes the scalar functions.
LANED_TARGET static inline void LANED(exp_blocks)(const double *in, double *out, uint32_t count)
{
    uint32_t i = 0;
    for (; count - i >= QUID_WIDTH; i += QUID_WIDTH)
        LANED(store)(out + i, LANED(exp_kernel)(LANED(load)(in + i), LANED(splat)(0.0)));
    for (; i < count; i++)
        out[i] = quid__exp(in[i]);
}

LANED_TARGET static inline void LANED(log_blocks)(const double *in, double *out, uint32_t count)
{
    uint32_t i = 0;
    for (; count - i >= QUID_WIDTH; i += QUID_WIDTH)
        LANED(store)(out + i, LANED(log_kernel)(LANED(load)(in + i)));
    for (; i < count; i++)
        out[i] = quid__log(in[i]);
}
