// How the equations change with the logits.
#ifndef QUID_GAME_JACOBIAN_H
#define QUID_GAME_JACOBIAN_H

#include "evaluate.h"
#include "linear.h"

// Two sets of which a node of one stands below a node of the other. With k and m actions, k rows of
// 2 * m numbers. Of action c of the upper set, first by action b of the lower one: how the value of
// c changes with the probability of b; then: how the value of b changes as c becomes likelier.
typedef struct Pair {
    uint32_t upper;
    uint32_t lower;
    uint32_t offset; // of its first row, among those of the lower set's part
    bool has_up;     // the movers differ
} Pair;

// The way up from an inner node.
typedef struct Ascent {
    uint32_t parent;
    uint32_t edge;
    uint32_t action; // QUID_NO_INDEX: chance's
    uint32_t player; // who chooses freely at the parent; QUID_NO_INDEX: nobody
} Ascent;

// What stays the same in all matrices of one play.
typedef struct Jacobian {
    const Play *play;
    uint32_t unknown_count;
    uint32_t *unknown_first;  // by set, set_count + 1: unknowns of free sets, one less than actions
    uint32_t *unknown_action; // which action an unknown is: all of a set but its reference
    uint32_t *reference;      // by set: the action whose logit is 0
    uint32_t pair_count;
    Pair *pairs;           // set by set of the lower ones
    uint32_t *pair_first;  // by lower set, set_count + 1
    uint32_t *pair_above;  // pairs, set by set of the upper ones
    uint32_t *above_first; // by upper set, set_count + 1
    uint32_t entry_count_max;
    bool has_mirrors; // two sets stand above one another: two pairs share places in the matrix
    // By decision node of a free set, its decisions above, the highest first.
    uint32_t *slot_first; // inner_count + 1
    uint32_t *slot;       // offset of the row of the action taken above
    Ascent *ascent;       // by inner node
    QuidPool *pool;       // whose threads share the sums; NULL: room is dear
    double *scratch;      // room for sums, as much for each thread
    size_t scratch_size;
    uint32_t row_size; // the most numbers that the rows of a part of the sets have
    uint32_t widest;   // actions of a set
    bool is_dense;
    Matrix matrix;       // by columns, where not dense
    uint32_t *pair_row;  // of each pair: where in a column of the lower set's unknowns the upper's
                         // rows begin…
    uint32_t *pair_back; // …and in a column of the upper set's, the lower's
    uint32_t *diagonal;  // of each set: where in its columns its own rows begin
    uint32_t *order;
    Dense dense;
    Factor factor;
    bool is_strict; // about pivots
} Jacobian;

#define QUID_DENSE_COUNT_MAX 48u // unknowns up to which a dense matrix is faster

typedef enum JacobianSize { JACOBIAN_MADE, JACOBIAN_TOO_LARGE, JACOBIAN_NO_MEMORY } JacobianSize;

// Unknowns and references alone.
bool quid__jacobian_number(const Play *play, QuidArena *arena, Jacobian *jacobian);
// The pattern. TOO_LARGE where a factorisation would take too long or too much room.
JacobianSize quid__jacobian_create(QuidArena *arena, uint32_t entry_count_max, Jacobian *jacobian);
void quid__jacobian_free(Jacobian *jacobian);
// Makes the most likely action of each set its reference where the present one has become unlikely.
// logit, tangent: by action, changed with it.
void quid__jacobian_choose_references(Jacobian *jacobian, const Field *field, double *logit,
                                      double *tangent);
// Factorises diagonal - lambda dv/dlogit. diagonal is 1; 0 asks for the indifference equations' own
// matrix, in which the actions that are not in support (NULL: all are) keep their logits. false: no
// memory.
bool quid__jacobian_factorise(Jacobian *jacobian, const Field *field, double lambda,
                              const bool *support);
// From now on with pivots that lose fewer digits and fill more. false: it already is so.
bool quid__jacobian_be_strict(Jacobian *jacobian);
// right: by action (0 for references and fixed sets), replaced by the solution.
void quid__jacobian_solve(const Jacobian *jacobian, double *right, double *scratch);
int32_t quid__jacobian_sign(const Jacobian *jacobian);

#endif
