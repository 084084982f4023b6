#ifndef QUID_GAME_KRYLOV_H
#define QUID_GAME_KRYLOV_H
#include "jacobian.h"
typedef struct Krylov {
    int unused;
} Krylov;
#endif
