// Judging a profile from the tree alone.
#ifndef QUID_GAME_CERTIFICATE_H
#define QUID_GAME_CERTIFICATE_H

#include "game_internal.h"

// What is judged. Shares no code with solving.
typedef struct Judged {
    const double *probability; // by action
    const double
        *log_probability; // by action: for the residual and for sets that are hardly reached
    const bool *is_fixed; // by set; NULL: none
    const double *chance; // [belief * node_count + node]
    double lambda;        // of the residual
    bool is_scaled;       // lambda is per range of payoffs
} Judged;

// Fills the certificate and payoff (by player - 1), from memory of the arena. NO_MEMORY.
QuidStatus quid__certify(const QuidGame *game, const Judged *judged, QuidArena *arena,
                         QuidCertificate *certificate, const double **payoff);

#endif
