#include "lib/base/plant.h"

#ifdef KUSANONE_PLANTS
int plant_active;
#endif
