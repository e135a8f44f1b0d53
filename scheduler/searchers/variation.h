// NSGA-II's operators on mixed configurations: simulated binary crossover and polynomial mutation
// (Deb and Agrawal, Complex Systems 9, 1995; Deb and Goyal, 1996) in the unit interval of numbers
// and ordered choices, so that log scales are respected; uniform crossover and reset for
// categories. Activity is repaired: a parameter that a child needs and neither parent had is drawn
// uniformly. Forbidden clauses are not looked at. Thread safety: pure functions.
#pragma once

#include "base/random.h"
#include "search_spaces/configuration.h"
#include "search_spaces/space.h"

namespace faretto {

inline constexpr double kCrossoverEta = 15;  // how close children stay to their parents
inline constexpr double kMutationEta = 5;    // NSGA-II has 20: searches here are shorter
// Shares of crossed numbers that are taken from the other parent unchanged, and of mutated numbers
// that are drawn anew. The two operators keep close to the parents; these shares reach what they
// would not reach in a hundred evaluations.
inline constexpr double kTaken = 0.5;
inline constexpr double kRedrawn = 0.1;

// One child. Each number is crossed with or taken from `b` with probability 1/2, else `a`'s.
Configuration Cross(const Space& space, const Configuration& a, const Configuration& b,
                    RandomStream& random);

// Changes each active parameter with the probability `strength` / (number of active ones), and at
// least one that can change, if there is one.
void Mutate(const Space& space, double strength, RandomStream& random,
            Configuration& configuration);

// One coordinate in [0, 1], bounded variants.
double SimulatedBinaryCrossover(double a, double b, RandomStream& random);
double PolynomialMutation(double u, RandomStream& random);

}  // namespace faretto
