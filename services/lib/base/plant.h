/* lib/base/plant.h - planted bugs, for showing that the simulator finds them.
 *
 * In a build with -DKUSANONE_PLANTS one of them can be made active (tests/sim/plants.sh);
 * in every other build PLANTED() is 0 and nothing of them is left. */
#ifndef LIB_BASE_PLANT_H
#define LIB_BASE_PLANT_H

#ifdef KUSANONE_PLANTS
extern int plant_active;
#define PLANTED(n) (plant_active == (n))
#else
#define PLANTED(n) 0
#endif

#endif
