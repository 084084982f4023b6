// A solved game in Gambit's format, for programs.
#include "json.h"
#include "solved.h"

#include "maths.h"

// The number as an item of an array; null where it is not finite.
static void append_number(Json *json, cJSON *array, double value)
{
    char text[32];
    cJSON *item = NULL;
    if (value - value == 0.0) {
        (void)quid_double_text(value, text);
        item = cJSON_CreateRaw(text);
    } else {
        item = cJSON_CreateNull();
    }
    if (quid__json_keep(json, item) != NULL && !cJSON_AddItemToArray(array, item)) {
        cJSON_Delete(item);
        json->has_failed = true;
    }
}

static void append_text(Json *json, cJSON *array, QuidString text)
{
    cJSON *item = cJSON_CreateString(quid__json_copy(json, text));
    if (quid__json_keep(json, item) != NULL && !cJSON_AddItemToArray(array, item)) {
        cJSON_Delete(item);
        json->has_failed = true;
    }
}

static void set_payoffs(Json *json, cJSON *object, const Solved *solved, const QuidProfile *profile)
{
    QuidArena *arena = &json->brief.page.arena;
    cJSON *payoffs = quid__json_object(json, object, "payoffs");
    cJSON *regrets = quid__json_object(json, object, "regret");
    for (uint32_t i = 0; !json->has_failed && i < solved->game->player_count; i++) {
        const char *key = quid__json_copy(json, quid__solved_player(solved, arena, i));
        cJSON *payoff = quid__json_object(json, payoffs, key);
        quid__json_number(json, payoff, "amount", profile->payoff[i]);
        quid__json_number(json, payoff, "standard_error", 0);
        cJSON *regret = quid__json_object(json, regrets, key);
        quid__json_number(json, regret, "amount", profile->certificate.regret[i]);
        quid__json_number(json, regret, "fraction", profile->certificate.fraction[i]);
    }
    quid__json_number(json, object, "one_shot", profile->certificate.one_shot);
    quid__json_number(json, object, "residual", profile->certificate.residual);
    quid__json_bool(json, object, "certified", profile->is_certified);
}

// reach: NULL where it is not known.
static void set_sets(Json *json, cJSON *object, const Solved *solved, const double *probability,
                     const double *reach)
{
    const QuidGameTables *game = solved->game;
    cJSON *sets = quid__json_array(json, object, "information_sets");
    for (uint32_t set = 0; !json->has_failed && set < game->set_count; set++) {
        cJSON *item = quid__json_append(json, sets);
        quid__json_number(json, item, "player", game->set_player[set]);
        quid__json_number(json, item, "number", game->set_number[set]);
        quid__json_text(json, item, "label", game->set_label[set]);
        cJSON *actions = quid__json_array(json, item, "actions");
        cJSON *chances = quid__json_array(json, item, "probabilities");
        for (uint32_t i = game->set_action_first[set];
             !json->has_failed && i < game->set_action_first[set + 1]; i++) {
            append_text(json, actions, game->action_label[i]);
            append_number(json, chances, probability[i]);
        }
        if (reach != NULL) {
            quid__json_number(json, item, "reach", quid__exp(reach[set]));
            quid__json_number(json, item, "log_reach", reach[set]);
        }
    }
}

static void set_branch(Json *json, cJSON *object, const Solved *solved)
{
    const QuidSolutionTables *solution = solved->solution;
    cJSON *branch = quid__json_array(json, object, "branch");
    for (uint32_t i = 0; !json->has_failed && i < solution->point_count; i++) {
        const QuidBranchPoint *point = &solution->points[i];
        cJSON *item = quid__json_append(json, branch);
        quid__json_set(json, item, "kind", cJSON_CreateString(quid__solved_kind(point->kind)));
        quid__json_number(json, item, "lambda", point->lambda);
        if (point->probability_first != QUID_NO_INDEX)
            set_sets(json, item, solved, solution->branch_probabilities + point->probability_first,
                     NULL);
    }
}

QuidStatus quid__solved_json(QuidContext *context, const Solved *solved, QuidOutput output)
{
    const QuidSolutionTables *solution = solved->solution;
    const QuidGameTables *game = solved->game;
    Json json = {.has_failed = false};
    json.brief.page.context = context;
    quid__arena_init(&json.brief.page.arena, context);
    cJSON *document = quid__json_open(&json);
    quid__json_set(&json, document, "as_of", cJSON_CreateNull());
    cJSON *players = quid__json_array(&json, document, "players");
    for (uint32_t i = 0; !json.has_failed && i < game->player_count; i++)
        append_text(&json, players, game->player_label[i]);
    if (solved->precision > 0)
        quid__json_number(&json, document, "precision", solved->precision);
    else
        quid__json_set(&json, document, "precision", cJSON_CreateString("limit"));
    quid__json_number(&json, document, "reached", solution->lambda);
    quid__json_way(&json, document, solution);
    set_payoffs(&json, document, solved, &solution->profile);
    quid__json_number(&json, document, "tolerance", solution->tolerance);
    cJSON *tree = quid__json_object(&json, document, "tree");
    quid__json_number(&json, tree, "nodes", game->node_count);
    quid__json_number(&json, tree, "information_sets", game->set_count);
    quid__json_number(&json, tree, "actions", game->action_count);
    set_branch(&json, document, solved);
    set_sets(&json, document, solved, solution->profile.probability, solution->set_log_reach);
    cJSON *others = quid__json_array(&json, document, "others");
    for (uint32_t i = 0; !json.has_failed && i < solution->other_count; i++) {
        cJSON *item = quid__json_append(&json, others);
        set_payoffs(&json, item, solved, &solution->others[i]);
        set_sets(&json, item, solved, solution->others[i].probability, NULL);
    }
    return quid__json_print(&json, document, output);
}
