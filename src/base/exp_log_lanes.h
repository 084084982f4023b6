// The loops of exp and log over blocks, for one QUID_WIDTH; see lanes.h.
#include "lanes.h"

#include "kernels.h"

LANED_TARGET static inline void LANED(exp_blocks)(const double *in, double *out, uint32_t count)
{
    const REAL zero = LANED(splat)(0.0);
    uint32_t i = 0;
    for (; count - i >= QUID_WIDTH; i += QUID_WIDTH)
        LANED(store)(out + i, LANED(exp_kernel)(LANED(load)(in + i), zero));
    const REAL rest = LANED(load_some)(in + i, count - i, 0.0);
    LANED(store_some)(out + i, LANED(exp_kernel)(rest, zero), count - i);
}

LANED_TARGET static inline void LANED(log_blocks)(const double *in, double *out, uint32_t count)
{
    uint32_t i = 0;
    for (; count - i >= QUID_WIDTH; i += QUID_WIDTH)
        LANED(store)(out + i, LANED(log_kernel)(LANED(load)(in + i)));
    const REAL rest = LANED(load_some)(in + i, count - i, 1.0);
    LANED(store_some)(out + i, LANED(log_kernel)(rest), count - i);
}
