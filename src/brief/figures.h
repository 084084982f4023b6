// Computed numbers as people read them: rounded to what is known of them, with their error, in
// units with multipliers; and as bars and curves of characters.
#ifndef QUID_FIGURES_H
#define QUID_FIGURES_H

#include "brief_internal.h"

// What numbers of one size are written in: "bn", and how many digits behind the point.
typedef struct Scale {
    double factor;
    const char *multiplier; // "" or " bn"
    int32_t digits;
} Scale;

// A number with its standard error (0: exact) in a unit (none: a plain number): "3.14 bn USD",
// "3.14 ± 0.02 bn USD", "−2 bn USD"; an error below half of the last digit is left out. is_signed:
// "+3.14 bn USD".
typedef struct Figure {
    double value;
    double error;
    QuidUnitId unit;
    bool is_signed;
} Figure;
QuidString quid__brief_figure(Brief *brief, Figure figure);
QuidString quid__brief_figure_in(Brief *brief, Figure figure, Scale scale);

// "11.6 to 15.8 bn USD".
QuidString quid__brief_range(Brief *brief, double low, double high, QuidUnitId unit);

// What fits a number of that size.
Scale quid__brief_scale(double size);
// "6.2", "−2", "+0.3" in a scale.
QuidString quid__brief_scaled(Brief *brief, double value, Scale scale, bool is_signed);

// "41%", "0.4%", "<0.1%"; with an error "41.3% ± 0.2%".
QuidString quid__brief_chance(Brief *brief, double chance, double error);

// A bar of a share of width columns, in eighths.
QuidString quid__brief_bar(Brief *brief, double share, uint32_t width);
// A curve of values in 0..1, one column each.
QuidString quid__brief_curve(Brief *brief, const double *values, uint32_t count);
// A setting as it was written: "ruling.struck = 20% (--set l.1)".
QuidString quid__brief_setting(Brief *brief, const QuidSetting *setting);
// Text at the end of text.
QuidString quid__brief_join(Brief *brief, QuidString text, const char *between, QuidString more);

#endif
