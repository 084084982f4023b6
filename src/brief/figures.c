// Computed numbers as text.
#include "figures.h"

#include "bits.h"

static const double powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

QuidString quid__brief_join(Brief *brief, QuidString text, const char *between, QuidString more)
{
    return quid__arena_format(&brief->page.arena, "%.*s%s%.*s", QUID_PRINT(text),
                              text.size > 0 ? between : "", QUID_PRINT(more));
}

// value rounded half away from zero to digits (0..6) behind the point; zeros at the end are cut.
static QuidString rounded(Brief *brief, double value, int32_t digits)
{
    int64_t scaled = (int64_t)(fabs(value) * powers[digits] + 0.5);
    while (digits > 0 && scaled % 10 == 0) {
        scaled /= 10;
        digits -= 1;
    }
    const int64_t power = (int64_t)powers[digits];
    QuidArena *arena = &brief->page.arena;
    if (digits == 0)
        return quid__arena_format(arena, "%lld", (long long)scaled);
    return quid__arena_format(arena, "%lld.%0*lld", (long long)(scaled / power), (int)digits,
                              (long long)(scaled % power));
}

Scale quid__brief_scale(double size)
{
    static const struct {
        double factor;
        const char *multiplier;
    } rows[] = {{1e12, " tn"}, {1e9, " bn"}, {1e6, " m"}, {1, ""}};
    const size_t last = sizeof rows / sizeof rows[0] - 1;
    const double magnitude = fabs(size);
    size_t row = 0;
    while (row < last && magnitude * 1.0005 < rows[row].factor)
        row += 1;
    const double scaled = magnitude / rows[row].factor;
    int32_t digits = scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
    if (row == last && scaled >= 1000)
        digits = 0;
    else if (row == last && scaled < 1)
        digits = 3;
    return (Scale){rows[row].factor, rows[row].multiplier, digits};
}

QuidString quid__brief_scaled(Brief *brief, double value, Scale scale, bool is_signed)
{
    const double scaled = value / scale.factor;
    if (fabs(scaled) >= 1e12)
        return QUID_STRING("beyond counting");
    const QuidString text = rounded(brief, scaled, scale.digits);
    const bool is_zero = text.size == 1 && text.bytes[0] == '0';
    const char *sign = is_zero ? "" : value < 0 ? "−" : is_signed ? "+" : "";
    return quid__arena_format(&brief->page.arena, "%s%.*s", sign, QUID_PRINT(text));
}

QuidString quid__brief_figure(Brief *brief, Figure figure)
{
    const double size = fabs(figure.value) > figure.error ? figure.value : figure.error;
    return quid__brief_figure_in(brief, figure, quid__brief_scale(isnan(size) ? 0 : size));
}

QuidString quid__brief_figure_in(Brief *brief, Figure figure, Scale scale)
{
    QuidArena *arena = &brief->page.arena;
    if (isnan(figure.value))
        return QUID_STRING("unknown");
    const QuidString value = quid__brief_scaled(brief, figure.value, scale, figure.is_signed);
    const QuidString unit = brief->model->units[figure.unit.index].name;
    const char *space = figure.unit.index == 0 ? "" : " ";
    QuidString error = QUID_STRING("");
    if (figure.error / scale.factor >= 0.5 / powers[scale.digits])
        error = quid__arena_format(
            arena, " ± %.*s",
            QUID_PRINT(rounded(brief, figure.error / scale.factor, scale.digits)));
    return quid__arena_format(arena, "%.*s%.*s%s%s%.*s", QUID_PRINT(value), QUID_PRINT(error),
                              scale.multiplier, space, QUID_PRINT(unit));
}

QuidString quid__brief_range(Brief *brief, double low, double high, QuidUnitId unit)
{
    const Scale scale = quid__brief_scale(fabs(high) > fabs(low) ? high : low);
    const Figure last = {high, 0, unit, false};
    return quid__arena_format(&brief->page.arena, "%.*s to %.*s",
                              QUID_PRINT(quid__brief_scaled(brief, low, scale, false)),
                              QUID_PRINT(quid__brief_figure_in(brief, last, scale)));
}

QuidString quid__brief_chance(Brief *brief, double chance, double error)
{
    QuidArena *arena = &brief->page.arena;
    if (isnan(chance))
        return QUID_STRING("unknown");
    if (error >= 0.0005)
        return quid__arena_format(arena, "%.*s%% ± %.*s%%",
                                  QUID_PRINT(rounded(brief, chance * 100, 1)),
                                  QUID_PRINT(rounded(brief, error * 100, 1)));
    if (chance > 0 && chance < 0.001)
        return QUID_STRING("<0.1%");
    // Sums of probabilities miss 1 by roundings.
    if (chance < 1 - 1e-9 && chance > 0.999)
        return QUID_STRING(">99.9%");
    const bool is_middle = chance >= 0.01 && chance <= 0.99;
    return quid__arena_format(arena, "%.*s%%",
                              QUID_PRINT(rounded(brief, chance * 100, is_middle ? 0 : 1)));
}

QuidString quid__brief_bar(Brief *brief, double share, uint32_t width)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    uint32_t eighths = (uint32_t)(share * width * 8 + 0.5);
    if (share > 0 && eighths == 0)
        eighths = 1; // what is there is seen
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; i < eighths / 8; i++)
        text = quid__brief_join(brief, text, "", QUID_STRING("█"));
    return quid__arena_format(&brief->page.arena, "%.*s%s", QUID_PRINT(text), parts[eighths % 8]);
}

QuidString quid__brief_curve(Brief *brief, const double *values, uint32_t count)
{
    static const char *const levels[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    QuidString text = QUID_STRING("");
    for (uint32_t i = 0; i < count; i++) {
        const double value = values[i] < 0 ? 0 : values[i] > 1 ? 1 : values[i];
        const uint32_t level = (uint32_t)(value * 8);
        text = quid__arena_format(&brief->page.arena, "%.*s%s", QUID_PRINT(text),
                                  levels[level > 7 ? 7 : level]);
    }
    return text;
}

QuidString quid__brief_setting(Brief *brief, const QuidSetting *setting)
{
    const QuidSpan span = setting->origin.span;
    const QuidString bytes = quid_context_bytes(brief->page.context, span.file);
    QuidString text = {bytes.bytes + span.offset, span.size};
    // Of the file's own what-ifs the clause begins with its keyword.
    if (text.size > 4 && memcmp(text.bytes, "set ", 4) == 0)
        text = (QuidString){text.bytes + 4, text.size - 4};
    return quid__arena_format(&brief->page.arena, "%.*s %.*s", QUID_PRINT(text),
                              QUID_PRINT(quid__brief_mark(brief, setting->origin)));
}
