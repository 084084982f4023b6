// Who supplies how much, and how much hangs on few.
#include "program_internal.h"

static uint32_t constant(Builder *builder, double value)
{
    return quid__node_constant(builder, value);
}

// Yearly amount of a supplier by the end of a day: from its milestone on.
uint32_t quid__build_supplied(Builder *builder, uint32_t index, QuidDate date)
{
    const QuidSupplier *supplier = &builder->model->suppliers[index];
    const uint32_t amount = quid__build_term(builder, supplier->amount);
    if (supplier->once.index == 0)
        return amount;
    const double end_of_day = date == QUID_NO_DATE ? builder->program->end : (double)date + 1;
    const uint32_t counts = quid__node_before(
        builder, quid__build_milestone(builder, supplier->once.index), end_of_day);
    return quid__node(builder, OP_SELECT, counts, amount, constant(builder, 0));
}

static uint32_t build_total(Builder *builder, const QuidSupply *supply, QuidDate date)
{
    uint32_t sum = constant(builder, 0);
    for (uint32_t i = 0; i < supply->supplier_count; i++)
        sum = quid__node(builder, OP_ADD, sum,
                         quid__build_supplied(builder, supply->supplier_first + i, date), 0);
    return sum;
}

// 0 where nothing is supplied at all.
static uint32_t build_ratio(Builder *builder, uint32_t amount, uint32_t total)
{
    const uint32_t is_none = quid__node(builder, OP_EQUAL, total, constant(builder, 0), 0);
    return quid__node(builder, OP_SELECT, is_none, constant(builder, 0),
                      quid__node(builder, OP_DIVIDE, amount, total, 0));
}

uint32_t quid__build_share(Builder *builder, uint32_t index, uint32_t supplier, QuidDate date)
{
    const QuidSupply *supply = &builder->model->supplys[index];
    const uint32_t total = build_total(builder, supply, date);
    return build_ratio(
        builder, quid__build_supplied(builder, supply->supplier_first + supplier, date), total);
}

// The Herfindahl-Hirschman index: the sum of squared shares in per cent, 0..10,000.
uint32_t quid__build_hhi(Builder *builder, uint32_t index, QuidDate date)
{
    const QuidSupply *supply = &builder->model->supplys[index];
    const uint32_t total = build_total(builder, supply, date);
    uint32_t sum = constant(builder, 0);
    for (uint32_t i = 0; i < supply->supplier_count; i++) {
        const uint32_t share = build_ratio(
            builder, quid__build_supplied(builder, supply->supplier_first + i, date), total);
        sum =
            quid__node(builder, OP_ADD, sum, quid__node(builder, OP_MULTIPLY, share, share, 0), 0);
    }
    return quid__node(builder, OP_MULTIPLY, sum, constant(builder, 10000), 0);
}
