// What a program computes, as a number: equal programs have equal fingerprints, whatever deal they
// come from, and different ones different ones but for chance (1 in 2^128 a pair).
#include "bits.h"
#include "program_internal.h"

typedef struct Print {
    uint64_t low;
    uint64_t high;
} Print;

static void absorb(Print *print, uint64_t bits)
{
    print->low = quid__mix_bits(print->low ^ bits);
    print->high = quid__mix_bits(print->high + bits * UINT64_C(0x9E3779B97F4A7C15));
}

static void absorb_number(Print *print, double value)
{
    absorb(print, quid__bits_of_double(value));
}

static void absorb_distribution(Print *print, const QuidDistribution *distribution)
{
    absorb(print, (uint64_t)distribution->shape);
    absorb_number(print, distribution->sign);
    absorb_number(print, distribution->location);
    absorb_number(print, distribution->deviation);
    absorb_number(print, distribution->low);
    absorb_number(print, distribution->mode);
    absorb_number(print, distribution->high);
    absorb_number(print, distribution->alpha);
    absorb_number(print, distribution->beta);
}

static void absorb_list(Print *print, const ValueList *list)
{
    absorb(print, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        absorb_number(print, list->values[i]);
        absorb_number(print, list->cumulative[i]);
    }
}

static void absorb_window(Print *print, const EventWindow *window)
{
    absorb(print, (uint64_t)window->spread.kind);
    absorb_number(print, window->spread.low);
    absorb_number(print, window->length_days);
    if (window->spread.kind == SPREAD_DISTRIBUTION)
        absorb_distribution(print, &window->spread.distribution);
    if (window->spread.kind == SPREAD_LIST)
        absorb_list(print, &window->spread.list);
}

static void absorb_variable(Print *print, const Variable *variable)
{
    absorb(print, quid__hash_bytes(variable->name.bytes, variable->name.size));
    absorb(print, variable->dimension);
}

// What an instruction refers to beside registers.
static void absorb_reference(Print *print, const QuidProgram *program, const Instruction *step)
{
    switch ((Op)step->op) {
    case OP_UNIFORM:
        absorb_variable(print, &QUID_AT(&program->variables, Variable, step->index));
        break;
    case OP_QUANTILE:
    case OP_ABOVE:
        absorb_distribution(print,
                            &QUID_AT(&program->distributions, QuidDistribution, step->index));
        break;
    case OP_TABLE:
        absorb_distribution(print,
                            &QUID_AT(&program->tables, QuantileTable, step->index).distribution);
        break;
    case OP_PICK:
        absorb_list(print, &QUID_AT(&program->lists, ValueList, step->index));
        break;
    case OP_HAPPENED:
        absorb_window(print, &program->windows[step->index]);
        absorb(print, step->index);
        break;
    default:
        absorb(print, step->index);
        break;
    }
}

static void absorb_instructions(Print *print, const QuidProgram *program)
{
    absorb(print, program->instruction_count);
    absorb(print, program->draw_count);
    for (uint32_t i = 0; i < program->instruction_count; i++) {
        const Instruction *step = &program->instructions[i];
        absorb(print, (uint64_t)step->op << 8 | step->mode);
        absorb_number(print, step->value);
        absorb(print, (uint64_t)step->out << 32 | step->a);
        absorb(print, (uint64_t)step->b << 32 | step->c);
        absorb(print, step->count);
        absorb_reference(print, program, step);
    }
    absorb(print, program->filling_count);
    for (uint32_t i = 0; i < program->filling_count; i++) {
        absorb(print, program->fillings[i].out);
        absorb_number(print, program->fillings[i].value);
    }
    absorb(print, program->want_count);
    for (uint32_t i = 0; i < program->want_count; i++)
        absorb(print, program->want_registers[i]);
}

QuidFingerprint quid_program_fingerprint(const QuidProgram *program)
{
    QUID_ASSERT(program->facts == NULL);
    Print print = {UINT64_C(0x51756964), UINT64_C(0x70726F67)};
    absorb(&print, program->options.seed);
    absorb(&print, program->options.is_sobol);
    absorb_number(&print, program->end);
    absorb(&print, program->business.day_count);
    absorb(&print, (uint64_t)(int64_t)program->business.first);
    absorb(&print, program->business.business_count);
    for (uint32_t i = 0; i < program->model->move_date_count; i++)
        absorb_number(&print, program->move_times[i]);
    absorb_instructions(&print, program);
    return (QuidFingerprint){{print.low, print.high}};
}
