/* lib/model/labels.h - what fields, fiscal years and quantities are called, in Japanese
 * and in English. */
#ifndef LIB_MODEL_LABELS_H
#define LIB_MODEL_LABELS_H

#include "lib/base/mem.h"

/* One of Event's fields by its name in the .proto, two blanks before one that is a share
 * of the field above it; NULL if there is none. */
const char *label_of_field(bool japanese, const char *field);

/* FY2023, 2023年度 (令和5年度); FY2017–2023, 2017～2023年度. */
const char *label_of_fiscal_years(bool japanese, int from, int to, struct arena *);

/* A number with its bound (enum bound): about 120, 約120, at least 120, 120以上. */
const char *label_of_quantity(bool japanese, int64_t value, int bound, struct arena *);

#endif
