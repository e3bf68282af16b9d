/* The greatest flow through what is left of a network, by two trees that grow toward each other.

   It is in C because it looks at every arc of every hour many times over; greatest.py calls it and says what the arrays are.
   What goes along the shortest ways is sent at once. For the rest one tree grows from the points that have too much, one
   from those that lack gas. Where they meet, gas is sent; only what hung on an arc that is now full is hung anew, so that
   nothing is searched for twice (Boykov and Kolmogorov, An experimental comparison of min-cut/max-flow algorithms for energy
   minimization in vision, IEEE PAMI 26 (2004) 1124-1137). Amounts are whole grains in doubles, which count them exactly up
   to 2^53, so that nothing is ever rounded here. */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* A point hangs in no tree, in that of the points that have too much, or in that of those that lack gas. */
enum { FREE, HAVING, LACKING };

/* In place of the arc to what a point hangs on: the point has or lacks gas itself; it hangs on nothing. */
enum { ROOT = -1, LOOSE = -2 };

/* How much of what is over or lacking must have gone along the shortest ways for another try of them. */
static const double WORTH = 0.3;

typedef struct {
    int32_t points;
    const int32_t *first; /* [points + 1] where the arcs of each point begin */
    const int32_t *heads; /* [arcs] where each leads */
    const int32_t *back;  /* [arcs] its way back */
    const int64_t *part;  /* [points] the part each belongs to; no gas passes between parts */
    double *left;         /* [arcs] what may still be sent along each */
    double *room;         /* [points] what each has too much, or lacks where negative */
    int8_t *side;         /* [points] the tree each hangs in */
    int32_t *via;         /* [points] the arc to what each hangs on, ROOT or LOOSE */
    int32_t *deep;        /* [points] how far from its root each was when last looked at */
    int64_t *seen;        /* [points] and when that was */
    int64_t now;          /* counts the times that gas was sent */
    int32_t *queue;       /* a ring of the points that wait for their arcs to be looked at */
    bool *waits;          /* [points] which are in it */
    int32_t ahead, waiting;
    int32_t *loose; /* a ring of the points that have lost what they hung on */
    int64_t lost, found;
} Net;

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

/* The direction in which gas runs between a point of a tree and what hangs on it by `arc`, an arc of the latter. */
static int32_t toward(const Net *net, int32_t arc, int side) { return side == HAVING ? net->back[arc] : arc; }

static void send_along(Net *net, int32_t arc, double amount) {
    net->left[arc] -= amount;
    net->left[net->back[arc]] += amount;
}

static void put_in_queue(Net *net, int32_t point) {
    if (net->waits[point]) return;
    net->waits[point] = true;
    int64_t place = (int64_t)net->ahead + net->waiting++;
    net->queue[place % net->points] = point;
}

static void take_from_queue(Net *net) {
    net->waits[net->queue[net->ahead]] = false;
    net->ahead = (net->ahead + 1) % net->points;
    net->waiting--;
}

static void loosen(Net *net, int32_t point) {
    net->via[point] = LOOSE;
    net->loose[net->found++ % net->points] = point;
}

/* Send as much as goes along the shortest ways, one for each point, to or from those of one side; how much that is.
   Takes the queue for the order in which points are reached, and returns it empty. */
static double send_at_once(Net *net, int side, double *passes) {
    const double sign = side == HAVING ? 1 : -1;
    int32_t *via = net->via, *reached = net->queue, count = 0;
    for (int32_t point = 0; point < net->points; point++) {
        passes[point] = 0;
        via[point] = LOOSE;
        if (sign * net->room[point] > 0) {
            via[point] = ROOT;
            reached[count++] = point;
        }
    }
    for (int32_t place = 0; place < count; place++) {
        const int32_t point = reached[place];
        for (int32_t arc = net->first[point]; arc < net->first[point + 1]; arc++) {
            const int32_t other = net->heads[arc];
            if (via[other] == LOOSE && net->left[side == HAVING ? arc : net->back[arc]] > 0 &&
                net->part[other] == net->part[point]) {
                via[other] = net->back[arc];
                reached[count++] = other;
            }
        }
    }
    for (int32_t place = count - 1; place >= 0; place--) { /* what could pass, summed up toward the roots */
        const int32_t point = reached[place];
        if (via[point] == ROOT) {
            passes[point] = least(passes[point], sign * net->room[point]);
            continue;
        }
        const double own = most(-sign * net->room[point], 0);
        passes[point] = least(passes[point] + own, net->left[toward(net, via[point], side)]);
        passes[net->heads[via[point]]] += passes[point];
    }
    double sent = 0;
    for (int32_t place = 0; place < count; place++) { /* what does, shared out away from them */
        const int32_t point = reached[place];
        if (via[point] == ROOT) {
            net->room[point] -= sign * passes[point];
            sent += passes[point];
            continue;
        }
        const int32_t onto = net->heads[via[point]];
        const double passed = least(passes[point], passes[onto]);
        passes[onto] -= passed;
        send_along(net, toward(net, via[point], side), passed);
        const double own = least(most(-sign * net->room[point], 0), passed);
        net->room[point] += sign * own;
        passes[point] = passed - own;
    }
    return sent;
}

static void send_what_goes_at_once(Net *net, double *passes) {
    for (;;) {
        double over = 0, lacking = 0;
        int32_t having = 0, wanting = 0;
        for (int32_t point = 0; point < net->points; point++) {
            const double room = net->room[point];
            over += most(room, 0);
            lacking += most(-room, 0);
            having += room > 0;
            wanting += room < 0;
        }
        if (!having || !wanting) return;
        const double before = least(over, lacking);
        const double sent = send_at_once(net, having < wanting ? HAVING : LACKING, passes);
        if (sent <= WORTH * (before - sent)) return;
    }
}

/* Let a tree grow by the neighbours of a point; the arc at which it meets the other, from the point on, or -1. */
static int32_t grow(Net *net, int32_t point) {
    const int side = net->side[point];
    for (int32_t arc = net->first[point]; arc < net->first[point + 1]; arc++) {
        const int32_t other = net->heads[arc];
        if (net->left[side == HAVING ? arc : net->back[arc]] <= 0 || net->part[other] != net->part[point]) continue;
        if (net->side[other] == FREE) {
            net->side[other] = (int8_t)side;
            put_in_queue(net, other);
        } else if (net->side[other] != side) {
            return arc;
        } else if (net->seen[other] > net->seen[point] || net->deep[other] <= net->deep[point] + 1) {
            continue; /* else it hangs nearer to a root here */
        }
        net->via[other] = net->back[arc];
        net->seen[other] = net->seen[point];
        net->deep[other] = net->deep[point] + 1;
    }
    return -1;
}

/* The root that a point hangs on, and in `amount` no more than the arcs to it let through. */
static int32_t root_of(const Net *net, int32_t point, int side, double *amount) {
    while (net->via[point] >= 0) {
        *amount = least(*amount, net->left[toward(net, net->via[point], side)]);
        point = net->heads[net->via[point]];
    }
    *amount = least(*amount, net->room[point] * (side == HAVING ? 1 : -1));
    return point;
}

/* Send an amount between a point and the root it hangs on; what hung on an arc that is now full comes loose. */
static void send_in_tree(Net *net, int32_t point, int side, double amount) {
    while (net->via[point] >= 0) {
        const int32_t onto = net->via[point], way = toward(net, onto, side);
        send_along(net, way, amount);
        if (net->left[way] <= 0) loosen(net, point);
        point = net->heads[onto];
    }
    net->room[point] -= amount * (side == HAVING ? 1 : -1);
    if (net->room[point] == 0) loosen(net, point);
}

/* Send what can be sent from root to root by an arc at which the trees meet, one that leads from HAVING to LACKING. */
static void send_from_root_to_root(Net *net, int32_t meeting) {
    const int32_t from = net->heads[net->back[meeting]], to = net->heads[meeting];
    double amount = net->left[meeting];
    root_of(net, from, HAVING, &amount);
    root_of(net, to, LACKING, &amount);
    send_along(net, meeting, amount);
    send_in_tree(net, from, HAVING, amount);
    send_in_tree(net, to, LACKING, amount);
}

/* How far a point is from the root it hangs on, -1 where it hangs on none; what is learnt is noted on the way. */
static int32_t far_from_root(Net *net, int32_t point) {
    int32_t steps = 0, at = point;
    while (net->seen[at] != net->now && net->via[at] >= 0) {
        steps++;
        at = net->heads[net->via[at]];
    }
    if (net->via[at] == LOOSE) return -1;
    if (net->via[at] == ROOT) {
        net->seen[at] = net->now;
        net->deep[at] = 0;
    }
    const int32_t far = net->deep[at] + steps;
    int32_t deep = far;
    for (at = point; net->seen[at] != net->now; at = net->heads[net->via[at]]) {
        net->seen[at] = net->now;
        net->deep[at] = deep--;
    }
    return far;
}

/* Hang a loose point on a neighbour in its tree: one as near to a root as before, else the nearest. Where there is none it is
   left to whichever tree grows to it next, and what hung on it is loose too. */
static void hang_anew(Net *net, int32_t point) {
    const int side = net->side[point];
    int32_t best = -1, onto = -1;
    for (int32_t arc = net->first[point]; arc < net->first[point + 1]; arc++) {
        const int32_t other = net->heads[arc];
        if (net->side[other] != side || net->part[other] != net->part[point] || net->via[other] == LOOSE) continue;
        if (net->left[toward(net, arc, side)] <= 0) continue;
        const int32_t far = far_from_root(net, other);
        if (far < 0 || (best >= 0 && far >= best)) continue;
        best = far;
        onto = arc;
        if (far <= net->deep[point]) break;
    }
    if (onto >= 0) {
        net->via[point] = onto;
        net->seen[point] = net->now;
        net->deep[point] = best + 1;
        return;
    }
    net->side[point] = FREE;
    for (int32_t arc = net->first[point]; arc < net->first[point + 1]; arc++) {
        const int32_t other = net->heads[arc];
        if (net->side[other] != side || net->part[other] != net->part[point]) continue;
        if (net->left[toward(net, arc, side)] > 0) put_in_queue(net, other);
        if (net->via[other] >= 0 && net->heads[net->via[other]] == point) loosen(net, other);
    }
}

static void grow_trees(Net *net) {
    net->ahead = net->waiting = 0;
    for (int32_t point = 0; point < net->points; point++) {
        net->side[point] = (int8_t)(net->room[point] > 0 ? HAVING : net->room[point] < 0 ? LACKING : FREE);
        net->via[point] = net->side[point] == FREE ? LOOSE : ROOT;
        if (net->side[point] != FREE) put_in_queue(net, point);
    }
    while (net->waiting > 0) {
        const int32_t point = net->queue[net->ahead];
        const int32_t meeting = net->side[point] == FREE ? -1 : grow(net, point);
        if (meeting < 0) {
            take_from_queue(net);
            continue;
        }
        net->now++;
        net->lost = net->found = 0;
        send_from_root_to_root(net, net->side[point] == HAVING ? meeting : net->back[meeting]);
        while (net->lost < net->found) hang_anew(net, net->loose[net->lost++ % net->points]);
    }
}

/* Send the greatest flow from the points that have too much to those that lack gas. `left` and `room` are changed; in `side`
   stands LACKING from where gas could still reach somebody who lacks it, and HAVING where some that is over could still get.
   Returns 0, or -1 where there is no memory for it; then nothing is changed. */
int greatest_flow(int32_t points, const int32_t *first, const int32_t *heads, const int32_t *back, const int64_t *part,
                  double *left, double *room, int8_t *side) {
    if (points <= 0) return 0;
    const size_t count = (size_t)points;
    Net net = {.points = points, .first = first, .heads = heads, .back = back, .part = part, .left = left, .room = room,
               .side = side};
    net.via = malloc(count * sizeof *net.via);
    net.deep = calloc(count, sizeof *net.deep);
    net.seen = calloc(count, sizeof *net.seen);
    net.queue = malloc(count * sizeof *net.queue);
    net.waits = calloc(count, sizeof *net.waits);
    net.loose = malloc(count * sizeof *net.loose);
    double *passes = malloc(count * sizeof *passes);
    const bool enough = net.via && net.deep && net.seen && net.queue && net.waits && net.loose && passes;
    if (enough) {
        send_what_goes_at_once(&net, passes);
        grow_trees(&net);
    }
    free(net.via);
    free(net.deep);
    free(net.seen);
    free(net.queue);
    free(net.waits);
    free(net.loose);
    free(passes);
    return enough ? 0 : -1;
}
