// The graph of values: a node that is there already is found again, and what is constant is
// computed at once, so that nothing is computed twice and no branch that cannot be taken is
// computed at all.
#include "bits.h"
#include "maths.h"
#include "program_internal.h"

static uint64_t hash_node(const Node *node)
{
    uint64_t hash = quid__mix_bits(quid__bits_of_double(node->value) + node->op);
    hash = quid__mix_bits(hash ^ ((uint64_t)node->a << 32 | node->b));
    hash = quid__mix_bits(hash ^ ((uint64_t)node->c << 32 | node->index));
    return quid__mix_bits(hash ^ node->count);
}

static bool is_same(const Node *left, const Node *right)
{
    return left->op == right->op && left->a == right->a && left->b == right->b &&
           left->c == right->c && left->index == right->index && left->count == right->count &&
           quid__bits_of_double(left->value) == quid__bits_of_double(right->value);
}

static uint32_t intern(Builder *builder, Node node)
{
    uint64_t hash = hash_node(&node);
    for (uint32_t found = quid__map_get(&builder->node_of_hash, hash); found != 0;
         found = quid__map_get(&builder->node_of_hash, hash)) {
        if (is_same(node_at(builder, found), &node))
            return found;
        hash = quid__mix_bits(hash + 1);
    }
    Node *added = quid__vector_push(&builder->nodes);
    if (added == NULL)
        return 0;
    *added = node;
    const uint32_t index = builder->nodes.count - 1;
    quid__map_put(&builder->node_of_hash, hash, index);
    return index;
}

uint32_t quid__node_constant(Builder *builder, double value)
{
    // One zero, and one NaN, so that equal constants are one node.
    const double plain = value == 0 ? 0 : value != value ? (double)NAN : value;
    return intern(builder, (Node){.op = OP_CONSTANT, .value = plain});
}

double quid__apply(Op op, double a, double b, double c)
{
    switch (op) {
    case OP_ADD:
        return a + b;
    case OP_SUBTRACT:
        return a - b;
    case OP_MULTIPLY:
        return a * b;
    case OP_DIVIDE:
        return a / b;
    case OP_POWER:
        return quid__pow(a, b);
    case OP_MIN:
        return a < b ? a : b;
    case OP_MAX:
        return a > b ? a : b;
    case OP_EQUAL:
        return a == b ? 1 : 0;
    case OP_NOT_EQUAL:
        return a != b ? 1 : 0;
    case OP_LESS:
        return a < b ? 1 : 0;
    case OP_LESS_EQUAL:
        return a <= b ? 1 : 0;
    case OP_ABS:
        return fabs(a);
    case OP_EXP:
        return quid__exp(a);
    case OP_LOG:
        return quid__log(a);
    case OP_SQRT:
        return sqrt(a);
    case OP_SELECT:
        return a != 0 ? b : c;
    case OP_FLOW:
        return a <= b ? 0 : a >= c ? 1 : (a - b) / (c - b);
    case OP_NONE:
    case OP_CONSTANT:
    case OP_UNIFORM:
    case OP_QUANTILE:
    case OP_TABLE:
    case OP_ABOVE:
    case OP_PICK:
    case OP_HAPPENED:
    case OP_OUTCOME:
    case OP_STATE:
    case OP_CHOSEN:
    case OP_BUSINESS:
    case OP_BUSINESS_COUNT:
        break;
    }
    QUID_ASSERT(false);
    return 0;
}

static bool is_foldable(Op op)
{
    return op >= OP_ADD && op <= OP_FLOW;
}

// Operations whose result is the same with the operands exchanged, bit for bit.
static bool is_symmetric(Op op)
{
    return op == OP_ADD || op == OP_MULTIPLY || op == OP_EQUAL || op == OP_NOT_EQUAL;
}

uint32_t quid__node(Builder *builder, Op op, uint32_t a, uint32_t b, uint32_t c)
{
    double values[3] = {0, 0, 0};
    const bool is_a = is_constant(builder, a, &values[0]);
    const bool is_b = b == 0 || is_constant(builder, b, &values[1]);
    const bool is_c = c == 0 || is_constant(builder, c, &values[2]);
    if (is_foldable(op) && is_a && is_b && is_c)
        return quid__node_constant(builder, quid__apply(op, values[0], values[1], values[2]));
    if (op == OP_SELECT && (is_a || b == c))
        return is_a && values[0] == 0 ? c : b;
    if (is_symmetric(op) && a > b)
        return intern(builder, (Node){.op = (uint8_t)op, .a = b, .b = a});
    return intern(builder, (Node){.op = (uint8_t)op, .a = a, .b = b, .c = c});
}

uint32_t quid__node_indexed(Builder *builder, Op op, uint32_t index, uint32_t a, uint32_t b)
{
    return intern(builder, (Node){.op = (uint8_t)op, .index = index, .a = a, .b = b});
}

uint32_t quid__node_counted(Builder *builder, Op op, uint32_t index, uint32_t count, uint32_t a)
{
    return intern(builder, (Node){.op = (uint8_t)op, .index = index, .count = count, .a = a});
}

uint32_t quid__node_and(Builder *builder, uint32_t a, uint32_t b)
{
    double value;
    if (is_constant(builder, a, &value))
        return value == 0 ? a : b;
    if (is_constant(builder, b, &value))
        return value == 0 ? b : a;
    return a == b ? a : quid__node(builder, OP_MULTIPLY, a, b, 0);
}

uint32_t quid__node_or(Builder *builder, uint32_t a, uint32_t b)
{
    double value;
    if (is_constant(builder, a, &value))
        return value == 0 ? b : a;
    if (is_constant(builder, b, &value))
        return value == 0 ? a : b;
    return a == b ? a : quid__node(builder, OP_MAX, a < b ? a : b, a < b ? b : a, 0);
}

uint32_t quid__node_not(Builder *builder, uint32_t a)
{
    return quid__node(builder, OP_SUBTRACT, quid__node_constant(builder, 1), a, 0);
}

uint32_t quid__node_before(Builder *builder, uint32_t moment, double limit)
{
    return quid__node(builder, OP_LESS, moment, quid__node_constant(builder, limit), 0);
}

uint32_t quid__node_fill(Builder *builder, double low, uint32_t high)
{
    return low == -(double)INFINITY
               ? high
               : quid__node(builder, OP_MAX, high, quid__node_constant(builder, low), 0);
}
