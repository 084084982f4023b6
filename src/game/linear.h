// Linear systems: an elimination order, sparse and dense factors.
#ifndef QUID_GAME_LINEAR_H
#define QUID_GAME_LINEAR_H

#include "game_internal.h"
#include "pool.h"

// An undirected graph: the neighbours of vertex v are target[first[v]] to target[first[v + 1] - 1],
// each once, without v.
typedef struct Graph {
    uint32_t count;
    uint32_t *first;
    uint32_t *target;
} Graph;

// Fills order with the vertices as they are to be eliminated, so that little is filled in: minimum
// degree on the quotient graph with approximate degrees (Amestoy, Davis and Duff 1996). weight:
// unknowns of each vertex. Returns an estimate of the multiplications of a factorisation; negative:
// no memory.
double quid__elimination_order(QuidContext *context, const Graph *graph, const uint32_t *weight,
                               uint32_t *order);

// A square matrix by columns. The pattern stays, the values change.
typedef struct Matrix {
    uint32_t count;
    uint32_t *first; // count + 1
    uint32_t *row;
    double *value;
} Matrix;

// P R A Q = L U: rows scaled by R and permuted by P, columns in the order Q. Once a pattern is
// known its rows are counted by steps, ascending in each column, and steps that follow each other
// with the same rows below are a block: what they subtract from a later column is subtracted
// together. Threads share the steps by parts: those of a part wait for steps of their own part
// alone. What waits for several parts is late: it begins in shares too, and ends step by step.
typedef struct Factor {
    QuidPool *pool; // NULL: one thread
    uint32_t count;
    const uint32_t *order;   // Q: column by step
    uint32_t *pivot_row;     // by step
    uint32_t *step_of_row;   // QUID_NO_INDEX while not a pivot
    double *scale;           // by row
    QuidVector lower_row;    // uint32_t: rows while the pattern is being found, then steps
    QuidVector lower;        // double, without the diagonal of ones
    QuidVector upper_step;   // uint32_t, above the diagonal; at first in an order in which a column
                             // can be solved
    QuidVector upper;        // double
    QuidVector sorted_index; // uint32_t and …
    QuidVector sorted;       // … double: room for sorting
    uint32_t *lower_first;   // count + 1
    uint32_t *upper_first;   // count + 1
    uint32_t *block_end;     // by step: one past the last of its block
    uint32_t part_count;     // without the late steps
    uint32_t *part;          // by step; late ones: part_count
    uint64_t *tree_work;     // by step: multiplications of it and all below it
    uint32_t *part_first;    // part_count + 2
    uint32_t *part_steps;    // ascending in each part
    bool *is_part_healthy;
    double *diagonal; // of U, by step
    double *work;     // for each thread: all 0 between columns once there is a pattern
    uint32_t *stack;
    uint32_t *place;
    uint32_t *found;
    uint32_t *mark;
    bool has_pattern; // false: the next factorisation finds one
    bool is_strict;   // with pivots
    bool is_singular; // a pivot was replaced
    int32_t sign;     // of the determinant
} Factor;

// pool: whose threads share the work; may be NULL.
bool quid__factor_create(QuidPool *pool, QuidArena *arena, uint32_t count, const uint32_t *order,
                         Factor *factor);
void quid__factor_free(Factor *factor);
// Factorises; on the pattern of the last time while its pivots are good. false: no memory.
bool quid__factor_compute(Factor *factor, const Matrix *matrix);
// Replaces right by the solution of A x = right.
void quid__factor_solve(const Factor *factor, double *right);

// The same, dense: matrix by columns, replaced by its factors.
typedef struct Dense {
    uint32_t count;
    double *value;
    uint32_t *pivot_row;
    double *scale;
    double *work;
    bool is_singular;
    int32_t sign;
} Dense;

bool quid__dense_create(QuidArena *arena, uint32_t count, Dense *dense);
void quid__dense_compute(Dense *dense);
void quid__dense_solve(const Dense *dense, double *right);

#endif
