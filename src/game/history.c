// Reading a history: what it says of an event, and whether a repeated move is over.
#include "game_internal.h"

HistoryOutcome quid__history_outcome(const History *history, uint32_t event)
{
    HistoryOutcome result = {.begin = -QUID_NEVER, .end = -QUID_NEVER};
    for (uint32_t i = 0; i < history->step_count; i++) {
        const QuidStep *step = &history->steps[i];
        const int16_t slot = history->slots[i];
        if (step->kind == QUID_STEP_MOVE || step->thing != event || slot == QUID_NO_SLOT)
            continue;
        if (step->kind == QUID_STEP_EVENT) {
            result.begin = step->begin;
            result.end = step->end;
            result.has_happened = slot > 0;
            if (slot == 0)
                continue;
            result.outcome = (uint32_t)slot - 1;
        } else {
            result.has_happened = step->kind == QUID_STEP_SECRET;
            result.outcome = (uint32_t)slot;
        }
        result.is_known = true;
        if (result.has_happened)
            break;
    }
    return result;
}

bool quid__history_is_over(const QuidDealTables *model, const History *history, uint32_t move)
{
    const uint32_t first = model->moves[move].option_first;
    for (uint32_t i = 0; i < history->step_count; i++) {
        const QuidStep *step = &history->steps[i];
        if (step->kind != QUID_STEP_MOVE || step->thing != move)
            continue;
        const uint32_t option = (uint32_t)history->slots[i];
        if (history->slots[i] != QUID_NO_SLOT && model->options[first + option].is_until)
            return true;
    }
    return false;
}
