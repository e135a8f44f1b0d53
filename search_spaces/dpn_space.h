// The search space of the FR-NAS study: DPN-inspired networks with head, optimizer and learning
// rate (Dooley, Sukthanker, Dickerson, White, Hutter, Goldblum, "Rethinking Bias Mitigation:
// Fairer Architectures Make for Fairer Face Recognition", NeurIPS 2023): 9^3 architectures x 3
// heads x 3 optimizers x a learning rate whose range depends on the optimizer.
#pragma once

#include "base/json.h"

namespace faretto {

// As a "space" object without preset.
Json DpnSpace();

}  // namespace faretto
