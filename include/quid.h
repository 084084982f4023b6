// Quid: plain-text accounting for promises. Everything a program needs, stage by stage.
#ifndef QUID_H
#define QUID_H

#include "quid/base.h"
#include "quid/brief.h"
#include "quid/deal.h"
#include "quid/forecast.h"
#include "quid/game.h"
#include "quid/ledger.h"
#include "quid/program.h"
#include "quid/text.h"

#endif
