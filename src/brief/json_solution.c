// `solve` as JSON.
#include "json.h"

static QuidString party_id(const Json *json, uint32_t party)
{
    return json->brief.model->partys[party].id;
}

static QuidString option_id(const Json *json, uint32_t move, uint32_t option)
{
    return json->brief.model->options[json->brief.model->moves[move].option_first + option].id;
}

static QuidString outcome_id(const Json *json, uint32_t event, uint32_t outcome)
{
    return json->brief.model->outcomes[json->brief.model->events[event].outcome_first + outcome].id;
}

static QuidString currency_of(const Json *json, uint32_t party)
{
    return quid__json_unit(
        json, quid_game_deal_tables(json->brief.answers->game)->player_unit[party - 1]);
}

static void set_key(Json *json, cJSON *object, QuidString key, double number)
{
    quid__json_number(json, object, quid__json_copy(json, key), number);
}

void quid__json_settings(Json *json, cJSON *object)
{
    const QuidOutlookTables *outlook = json->brief.outlook;
    cJSON *array = quid__json_array(json, object, "set");
    for (uint32_t i = 0; outlook != NULL && array != NULL && i < outlook->setting_count; i++) {
        const QuidSpan span = outlook->settings[i].origin.span;
        const QuidString bytes = quid_context_bytes(json->brief.page.context, span.file);
        quid__json_item(json, array, (QuidString){bytes.bytes + span.offset, span.size});
    }
}

// ---- Moves ------------------------------------------------------------------

static void set_moves(Json *json, cJSON *object)
{
    const QuidAnswerTables *answers = json->brief.answers;
    cJSON *moves = quid__json_array(json, object, "moves");
    cJSON *epochs = NULL;
    for (uint32_t i = 0; !json->has_failed && i < answers->epoch_count; i++) {
        const QuidMoveEpoch *epoch = &answers->epochs[i];
        if (i == 0 || epoch[-1].move != epoch->move) {
            cJSON *move = quid__json_append(json, moves);
            const QuidMove *what = &json->brief.model->moves[epoch->move];
            quid__json_text(json, move, "id", what->id);
            quid__json_text(json, move, "party", party_id(json, what->party.index));
            epochs = quid__json_array(json, move, "epochs");
        }
        cJSON *item = quid__json_append(json, epochs);
        quid__json_date(json, item, "date", epoch->date);
        quid__json_bool(json, item, "past", epoch->is_past);
        quid__json_number(json, item, "reached", epoch->reached);
        cJSON *options = quid__json_object(json, item, "options");
        for (uint32_t o = 0; options != NULL && o < epoch->probability_count; o++)
            set_key(json, options, option_id(json, epoch->move, o),
                    answers->probabilities[epoch->probability_first + o]);
    }
}

static void set_payoffs(Json *json, cJSON *object)
{
    const QuidAnswerTables *answers = json->brief.answers;
    const QuidCertificate *certificate =
        &quid_solution_tables(answers->solution)->profile.certificate;
    cJSON *payoffs = quid__json_object(json, object, "payoffs");
    cJSON *regrets = quid__json_object(json, object, "regret");
    for (uint32_t party = 1; !json->has_failed && party < json->brief.model->party_count; party++) {
        const char *key = quid__json_copy(json, party_id(json, party));
        cJSON *payoff = quid__json_object(json, payoffs, key);
        quid__json_number(json, payoff, "amount", answers->payoff[party - 1]);
        quid__json_optional(json, payoff, "currency", currency_of(json, party));
        quid__json_number(json, payoff, "standard_error", answers->payoff_error[party - 1]);
        cJSON *regret = quid__json_object(json, regrets, key);
        quid__json_number(json, regret, "amount", certificate->regret[party - 1]);
        quid__json_number(json, regret, "fraction", certificate->fraction[party - 1]);
    }
}

static void set_reasons(Json *json, cJSON *object)
{
    const QuidAnswerTables *answers = json->brief.answers;
    cJSON *reasons = quid__json_array(json, object, "reasons");
    for (uint32_t i = 0; !json->has_failed && i < answers->reason_count; i++) {
        const QuidReason *reason = &answers->reasons[i];
        const QuidMove *move = &json->brief.model->moves[reason->move];
        cJSON *item = quid__json_append(json, reasons);
        quid__json_text(json, item, "move", move->id);
        quid__json_date(json, item, "date",
                        json->brief.model->move_dates[move->date_first + reason->position]);
        quid__json_text(json, item, "option", option_id(json, reason->move, reason->option));
        quid__json_number(json, item, "probability", reason->probability);
        quid__json_number(json, item, "payoff", reason->payoff);
        quid__json_number(json, item, "standard_error", reason->payoff_error);
        quid__json_optional(json, item, "currency", currency_of(json, move->party.index));
        cJSON *parts = quid__json_array(json, item, "parts");
        for (uint32_t p = 0; parts != NULL && p < reason->part_count; p++) {
            const QuidReasonPart *part = &answers->parts[reason->part_first + p];
            const QuidWorth *worth = &json->brief.model->worths[part->worth];
            cJSON *line = quid__json_append(json, parts);
            quid__json_text(json, line, "why", worth->why);
            quid__json_number(
                json, line, "line",
                quid_context_place(json->brief.page.context, worth->origin.span).line);
            quid__json_number(json, line, "amount", part->amount);
        }
    }
}

// ---- Beliefs, values, break-evens -------------------------------------------

static void set_beliefs(Json *json, cJSON *object)
{
    const QuidAnswerTables *answers = json->brief.answers;
    cJSON *beliefs = quid__json_array(json, object, "beliefs");
    cJSON *path = NULL;
    for (uint32_t i = 0; !json->has_failed && i < answers->belief_count; i++) {
        const QuidBeliefPoint *point = &answers->beliefs[i];
        if (i == 0 || point[-1].party != point->party || point[-1].secret != point->secret) {
            cJSON *item = quid__json_append(json, beliefs);
            quid__json_text(json, item, "party", party_id(json, point->party));
            quid__json_text(json, item, "about", json->brief.model->events[point->secret].id);
            path = quid__json_array(json, item, "path");
        }
        cJSON *item = quid__json_append(json, path);
        quid__json_date(json, item, "date", point->date);
        cJSON *outcomes = quid__json_object(json, item, "outcomes");
        for (uint32_t o = 0; outcomes != NULL && o < point->probability_count; o++)
            set_key(json, outcomes, outcome_id(json, point->secret, o),
                    answers->probabilities[point->probability_first + o]);
    }
}

static void set_values(Json *json, cJSON *object)
{
    const QuidAnswerTables *answers = json->brief.answers;
    cJSON *values = quid__json_array(json, object, "values");
    cJSON *item = NULL;
    cJSON *commitment = NULL;
    cJSON *information = NULL;
    bool is_certified = true;
    for (uint32_t i = 0; !json->has_failed && i < answers->value_count; i++) {
        const QuidValue *value = &answers->values[i];
        if (i == 0 || value[-1].move != value->move) {
            const QuidMove *move = &json->brief.model->moves[value->move];
            item = quid__json_append(json, values);
            is_certified = true;
            quid__json_text(json, item, "move", move->id);
            quid__json_set(json, item, "waiting", cJSON_CreateNull());
            quid__json_set(json, item, "against", cJSON_CreateNull());
            commitment = quid__json_object(json, item, "commitment");
            information = quid__json_object(json, item, "information");
            quid__json_optional(json, item, "currency", currency_of(json, move->party.index));
        }
        is_certified = is_certified && value->is_certified;
        switch (value->kind) {
        case QUID_VALUE_WAITING:
            cJSON_DeleteItemFromObject(item, "waiting");
            cJSON_DeleteItemFromObject(item, "against");
            quid__json_number(json, item, "waiting", value->amount);
            quid__json_text(json, item, "against", option_id(json, value->move, value->choice));
            break;
        case QUID_VALUE_COMMITMENT:
            set_key(json, commitment, option_id(json, value->move, value->choice), value->amount);
            break;
        case QUID_VALUE_INFORMATION:
            set_key(json, information, json->brief.model->events[value->event].id, value->amount);
            break;
        }
        if (i + 1 == answers->value_count || value[1].move != value->move)
            quid__json_bool(json, item, "certified", is_certified);
    }
}

static void set_break_evens(Json *json, cJSON *object)
{
    const QuidAnswerTables *answers = json->brief.answers;
    cJSON *array = quid__json_array(json, object, "break_even");
    for (uint32_t i = 0; !json->has_failed && i < answers->break_even_count; i++) {
        const QuidBreakEven *row = &answers->break_evens[i];
        cJSON *item = quid__json_append(json, array);
        quid__json_break_even(json, item, row);
    }
}

void quid__json_break_even(Json *json, cJSON *item, const QuidBreakEven *row)
{
    const QuidString none = {"", 0};
    quid__json_text(json, item, "move", json->brief.model->moves[row->move].id);
    quid__json_text(json, item, "event", json->brief.model->events[row->event].id);
    quid__json_text(json, item, "outcome", outcome_id(json, row->event, row->outcome));
    quid__json_number(json, item, "at", row->is_decided ? (double)NAN : row->at);
    quid__json_optional(json, item, "below",
                        row->is_decided ? none : option_id(json, row->move, row->below));
    quid__json_optional(json, item, "above",
                        row->is_decided ? none : option_id(json, row->move, row->above));
    quid__json_bool(json, item, "decided", row->is_decided);
    quid__json_bool(json, item, "certified", row->is_certified);
}

// ---- The branch and other equilibria ----------------------------------------

void quid__json_way(Json *json, cJSON *object, const QuidSolutionTables *solution)
{
    static const char *const methods[] = {"branch", "sweeps", "regret"};
    static const char *const ends[] = {"reached",   "limit",       "stalled",
                                       "cancelled", "equilibrium", "unfinished"};
    quid__json_set(json, object, "method", cJSON_CreateString(methods[solution->method]));
    quid__json_set(json, object, "end", cJSON_CreateString(ends[solution->end]));
    quid__json_number(json, object, "points", solution->step_count);
}

static void set_branch(Json *json, cJSON *object)
{
    static const char *const kinds[] = {"fold", "bifurcation", "crossing"};
    const QuidSolutionTables *solution = quid_solution_tables(json->brief.answers->solution);
    quid__json_way(json, object, solution);
    cJSON *branch = quid__json_array(json, object, "branch");
    for (uint32_t i = 0; !json->has_failed && i < solution->point_count; i++) {
        cJSON *point = quid__json_append(json, branch);
        quid__json_set(json, point, "kind", cJSON_CreateString(kinds[solution->points[i].kind]));
        quid__json_number(json, point, "lambda", solution->points[i].lambda);
    }
}

static void set_profile(Json *json, cJSON *item, const QuidProfile *profile)
{
    const QuidGameTables *tree = quid_game_tables(json->brief.answers->game);
    quid__json_bool(json, item, "certified", profile->is_certified);
    quid__json_number(json, item, "regret_fraction", profile->certificate.fraction_max);
    cJSON *payoffs = quid__json_object(json, item, "payoffs_from_the_start");
    for (uint32_t party = 1; payoffs != NULL && party < json->brief.model->party_count; party++)
        set_key(json, payoffs, party_id(json, party), profile->payoff[party - 1]);
    cJSON *sets = quid__json_array(json, item, "probabilities");
    for (uint32_t set = 0; sets != NULL && set < tree->set_count; set++) {
        cJSON *row = quid__json_append(json, sets);
        for (uint32_t i = tree->set_action_first[set]; i < tree->set_action_first[set + 1]; i++)
            set_key(json, row, tree->action_label[i], profile->probability[i]);
    }
}

static void set_others(Json *json, cJSON *object)
{
    const QuidSolutionTables *solution = quid_solution_tables(json->brief.answers->solution);
    cJSON *others = quid__json_array(json, object, "others");
    for (uint32_t i = 0; !json->has_failed && i < solution->other_count; i++)
        set_profile(json, quid__json_append(json, others), &solution->others[i]);
}

// ---- Information sets -------------------------------------------------------

static void set_knowledge(Json *json, cJSON *item, uint32_t set)
{
    uint32_t count;
    const Knowledge *list = quid__brief_knowledge(&json->brief, set, &count);
    cJSON *knows = quid__json_object(json, item, "knows");
    for (uint32_t i = 0; list != NULL && knows != NULL && i < count; i++) {
        const uint32_t index = list[i].thing.index;
        if (list[i].thing.kind == QUID_THING_MOVE) {
            cJSON *chosen = quid__json_array(
                json, knows, quid__json_copy(json, json->brief.model->moves[index].id));
            for (uint32_t c = 0; chosen != NULL && c < list[i].choice_count; c++)
                quid__json_item(json, chosen, option_id(json, index, list[i].choice[c]));
            continue;
        }
        quid__json_text(json, knows, quid__json_copy(json, json->brief.model->events[index].id),
                        list[i].is_pending ? QUID_STRING("none")
                                           : outcome_id(json, index, list[i].choice[0]));
    }
}

static void set_belief(Json *json, cJSON *item, uint32_t set)
{
    cJSON *belief = quid__json_object(json, item, "belief");
    for (uint32_t event = 1; belief != NULL && event < json->brief.model->event_count; event++) {
        const QuidEvent *secret = &json->brief.model->events[event];
        if (!secret->is_secret || !quid__brief_is_unknown(&json->brief, set, event))
            continue;
        cJSON *outcomes = quid__json_object(json, belief, quid__json_copy(json, secret->id));
        for (uint32_t o = 0; outcomes != NULL && o < secret->outcome_count; o++)
            set_key(json, outcomes, outcome_id(json, event, o),
                    quid__brief_set_belief(&json->brief, set, event, o));
    }
}

static void set_strategy(Json *json, cJSON *object)
{
    const QuidGameTables *tree = quid_game_tables(json->brief.answers->game);
    const QuidDealGameTables *game = quid_game_deal_tables(json->brief.answers->game);
    const QuidSolutionTables *solution = quid_solution_tables(json->brief.answers->solution);
    cJSON *sets = quid__json_array(json, object, "information_sets");
    for (uint32_t set = 0; !json->has_failed && set < tree->set_count; set++) {
        const QuidStep *step = &game->steps[game->set_step[set]];
        const QuidMove *move = &json->brief.model->moves[step->thing];
        cJSON *item = quid__json_append(json, sets);
        quid__json_text(json, item, "party", party_id(json, tree->set_player[set]));
        quid__json_text(json, item, "move", move->id);
        quid__json_date(json, item, "date",
                        json->brief.model->move_dates[move->date_first + step->position]);
        set_knowledge(json, item, set);
        cJSON *probabilities = quid__json_object(json, item, "probabilities");
        cJSON *values = quid__json_object(json, item, "payoffs");
        for (uint32_t i = tree->set_action_first[set];
             values != NULL && i < tree->set_action_first[set + 1]; i++) {
            set_key(json, probabilities, tree->action_label[i], solution->profile.probability[i]);
            set_key(json, values, tree->action_label[i], solution->action_value[i]);
        }
        quid__json_number(json, item, "reach", quid__brief_set_reach(&json->brief, set));
        quid__json_number(json, item, "log_reach_from_the_start", solution->set_log_reach[set]);
        set_belief(json, item, set);
    }
}

void quid__json_solution(Json *json, cJSON *object, bool has_strategy)
{
    const QuidAnswerTables *answers = json->brief.answers;
    const QuidSolutionTables *solution = quid_solution_tables(answers->solution);
    const QuidGameTables *tree = quid_game_tables(answers->game);
    if (solution->end == QUID_TRACE_REACHED)
        quid__json_number(json, object, "precision", solution->lambda);
    else
        quid__json_set(json, object, "precision", cJSON_CreateString("limit"));
    quid__json_number(json, object, "reached", solution->lambda);
    set_moves(json, object);
    set_payoffs(json, object);
    quid__json_number(json, object, "residual", solution->profile.certificate.residual);
    quid__json_bool(json, object, "certified", solution->profile.is_certified);
    quid__json_number(json, object, "tolerance", solution->tolerance);
    set_beliefs(json, object);
    set_values(json, object);
    set_break_evens(json, object);
    set_reasons(json, object);
    set_branch(json, object);
    set_others(json, object);
    cJSON *size = quid__json_object(json, object, "tree");
    quid__json_number(json, size, "nodes", tree->node_count);
    quid__json_number(json, size, "information_sets", tree->set_count);
    quid__json_number(json, size, "epochs", quid_game_deal_tables(answers->game)->epoch_count);
    if (has_strategy)
        set_strategy(json, object);
}
